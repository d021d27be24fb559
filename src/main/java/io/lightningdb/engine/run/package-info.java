/// Immutable, bulk-loaded B+Trees on disk, each with its own hash index for single keys.
///
/// [io.lightningdb.engine.run.RunWriter] writes one from entries in order, [io.lightningdb.engine.run.Run] reads it
/// through a mapping. Everything read is verified before it is used; what does not verify throws
/// [io.lightningdb.engine.format.CorruptionException]. Readers are thread-safe, cursors and writers confined to one
/// thread.
@NullMarked
package io.lightningdb.engine.run;

import org.jspecify.annotations.NullMarked;
