package io.lightningdb.engine;

import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;

/// Brings the commits of the log that are in no run yet back into memtables, the second half of an opening after
/// [Recovery]. *Confined to the thread that opens the database*, before any other is started.
///
/// What does not fit into memory is flushed on the way.
record Replay(
    Core core, KeyspaceCatalog keyspaces, CommitPipeline pipeline, FlushScheduler flushes) {

  private static final int DELETIONS_MIN = 1000;

  /// Replays the old log into the keyspaces, which are open.
  void run(Recovery.Recovered recovered) throws IOException {
    LogCheck.replay(
        core.environment().storage(),
        recovered.version(),
        recovered.scan(),
        (version, body, bodyBytes) -> {
          boolean frozen =
              pipeline.replay(
                  version,
                  new CommitReader(body, bodyBytes),
                  (id, v) -> isNeeded(recovered, id, v));
          if (core.memory().takeFlushWanted()) {
            frozen |= flushes.freezeLargest();
          }
          if (frozen) {
            flush();
          }
        });
    freezeMostlyDeleted();
  }

  /// What scans knew of deleted keys is lost. The flush, which comes first of all work in the background, leaves out
  /// what was put and deleted again, so that scans need not walk through it.
  private void freezeMostlyDeleted() {
    for (KeyspaceStore store : keyspaces.stores()) {
      Memtable active = store.peek().active();
      if (active.deletions() >= Math.max(DELETIONS_MIN, active.entries() / 4)) {
        pipeline.freeze(store);
      }
    }
  }

  private static boolean isNeeded(Recovery.Recovered recovered, int keyspaceId, long version) {
    KeyspaceRecord record = recovered.version().keyspace(keyspaceId);
    return record != null && version > record.flushedVersion();
  }

  private void flush() throws IOException {
    if (core.failures().writeFailure().isPresent()) {
      // A full disk: what the process before had in memory finds room in it again.
      return;
    }
    for (KeyspaceStore store : keyspaces.stores()) {
      flushes.flushNow(store);
    }
  }
}
