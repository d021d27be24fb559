/// Turning memtables into runs, and many runs into few.
///
/// [io.lightningdb.engine.compaction.LayoutPolicy] decides what to merge, as a pure function;
/// [io.lightningdb.engine.compaction.FlushJob] and [io.lightningdb.engine.compaction.MergeJob] do the work on the
/// engine's own threads; [io.lightningdb.engine.compaction.VersionRetention] says what no reader can see any more.
/// [io.lightningdb.engine.compaction.Backpressure] tells how far both are behind, and writes wait for them in
/// [io.lightningdb.engine.compaction.Room].
@NullMarked
package io.lightningdb.engine.compaction;

import org.jspecify.annotations.NullMarked;
