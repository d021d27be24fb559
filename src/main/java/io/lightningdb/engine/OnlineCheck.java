package io.lightningdb.engine;

import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.SharedRun;
import io.lightningdb.engine.store.View;
import java.io.IOException;

/// Reads and checks everything on disk, beside reads and writes. *Thread-safe*; runs on the thread of the caller, which [Engine]
/// lets in while the database is open.
record OnlineCheck(Core core, KeyspaceCatalog keyspaces) {

  /// Checks all runs, then the log and the manifest. What is found is known to the quarantine when this returns.
  IntegrityReport run() {
    IntegrityCheck check = new IntegrityCheck(core.environment().storage(), (_, _) -> {});
    try {
      for (Keyspace keyspace : keyspaces.all()) {
        check(check, keyspace);
      }
      check.checkLive(core.manifest(), core.log(), core.visible().get());
    } catch (IOException e) {
      throw core.failures().ofRead(e);
    }
    IntegrityCheck.Result result = check.result();
    result.faults().forEach(fault -> core.failures().damaged(fault, Finder.CHECK));
    return Reports.of(result);
  }

  private static void check(IntegrityCheck check, Keyspace keyspace) throws IOException {
    View view;
    try {
      view = keyspace.store().pin();
    } catch (KeyspaceGoneException _) {
      return;
    }
    try {
      for (SharedRun run : view.runs()) {
        check.checkRun(run.run(), run.record(), run.record().fileBytes());
      }
    } finally {
      view.unpin();
    }
  }
}
