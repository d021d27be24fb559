/// Backups as the service makes them: where they are kept, by which schedule, for how long, and how old the last good
/// one is.
///
/// [io.lightningdb.server.backup.BackupService] does the work, on the thread of an operation; the catalogue is at
/// `/v1/admin/backups`. The engine copies and restores, this package decides when and where.
@NullMarked
package io.lightningdb.server.backup;

import org.jspecify.annotations.NullMarked;
