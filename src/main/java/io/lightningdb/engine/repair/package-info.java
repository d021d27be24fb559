/// Repairs a directory that no process has open: see [io.lightningdb.engine.repair.Repair]. For tools.
///
/// Damaged runs are replaced by the same files out of backups, by what is left of them if that is all of it, or by
/// commits that the log still holds. Only if it is told so does it give keys up, and then it lists them. Confined to
/// one thread.
@NullMarked
package io.lightningdb.engine.repair;

import org.jspecify.annotations.NullMarked;
