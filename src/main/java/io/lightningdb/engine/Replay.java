package io.lightningdb.engine;

import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;

/// Brings the commits of the log that are in no run yet back into memtables, the second half of an opening after [Recovery].
/// *Confined to the thread that opens the database*, before any other is started.
///
/// What does not fit into memory is flushed on the way.
record Replay(
    Core core, KeyspaceCatalog keyspaces, CommitPipeline pipeline, FlushScheduler flushes) {

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
  }

  private static boolean isNeeded(Recovery.Recovered recovered, int keyspaceId, long version) {
    KeyspaceRecord record = recovered.version().keyspace(keyspaceId);
    return record != null && version > record.flushedVersion();
  }

  private void flush() throws IOException {
    for (KeyspaceStore store : keyspaces.stores()) {
      flushes.flushNow(store);
    }
  }
}
