/// Turning memtables into runs, and many runs into few.
///
/// [io.lightningdb.engine.compaction.LayoutPolicy] decides what to merge, as a pure function;
/// [io.lightningdb.engine.compaction.FlushJob] and [io.lightningdb.engine.compaction.MergeJob] do the work on the engine's
/// own threads; [io.lightningdb.engine.compaction.VersionRetention] says what nobody can see any more.
@NullMarked
package io.lightningdb.engine.compaction;

import org.jspecify.annotations.NullMarked;
