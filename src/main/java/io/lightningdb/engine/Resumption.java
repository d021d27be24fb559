package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.compaction.DiskProbe;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/// Makes the engine take writes again after a storage failure, without relying on any file that the failure may have
/// touched. *Used by one thread at a time*, which [Engine] sees to.
record Resumption(
    Core core,
    KeyspaceCatalog keyspaces,
    CommitPipeline pipeline,
    Background background,
    DiskGuard disk) {

  /// Tries the disk, makes everything that readers see durable anew, and goes on in a new log.
  ///
  /// @param cause the failure
  /// @throws EngineException.ReadOnly if the disk still fails; writes are refused as before, and this may be tried
  ///     again
  void run(IOException cause) {
    core.failures().writeFailed(cause);
    try (DiskGuard.Claim _ = disk.claim(bytesNeeded())) {
      new DiskProbe(core.environment().storage())
          .run(new SplittableRandom(core.environment().seed()));
      // No commit may reach the old log any more, whether or not it was the log that failed.
      core.log().closeToAppends(cause);
      pipeline.applyLogged();
      background.flushes().resume(() -> pipeline.freezeAll(keyspaces.stores()));
    } catch (IOException e) {
      throw new EngineException.ReadOnly(cause, e);
    }
    deleteSegments(pipeline.startLogAnew());
    core.failures().writeResumed();
    core.room().changed();
    background.wakeFlushAndMerge();
    background.wakeLogPrepare();
  }

  /// All memtables become runs, the log gets a segment, and the manifest is written anew.
  private long bytesNeeded() {
    return core.memory().bytes(MemoryBudget.Part.MEMTABLES) + 2 * core.options().logSegmentBytes();
  }

  private void deleteSegments(List<Long> sequences) {
    try {
      core.log().deleteSegments(sequences);
    } catch (IOException _) {
      // The manifest does not name them: the next start deletes what is left.
    }
  }
}
