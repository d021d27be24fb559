package io.lightningdb.engine;

import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Reads and checks everything on disk, beside reads and writes. *Thread-safe*; runs on the thread of the caller, which
/// [Engine] lets in while the database is open.
record OnlineCheck(Core core, KeyspaceCatalog keyspaces) {

  /// Checks all runs, then the manifest and the log. What is found is known to the quarantine when this returns, even
  /// if the check was cancelled.
  ///
  /// @return what was found; empty if it was cancelled
  Optional<IntegrityReport> run(BooleanSupplier cancelled, IntegrityCheck.Progress progress) {
    IntegrityCheck check = new IntegrityCheck(core.environment().storage(), cancelled, progress);
    boolean complete;
    try {
      complete = check.checkLive(live());
    } catch (IOException e) {
      throw core.failures().ofRead(e);
    }
    IntegrityCheck.Result result = check.result();
    result.faults().forEach(fault -> core.failures().damaged(fault, Finder.CHECK));
    return complete ? Optional.of(Reports.of(result)) : Optional.empty();
  }

  private IntegrityCheck.Live live() {
    List<KeyspaceStore> stores = keyspaces.all().stream().map(Keyspace::store).toList();
    return new IntegrityCheck.Live(stores, core.manifest(), core.log(), core.visible()::get);
  }
}
