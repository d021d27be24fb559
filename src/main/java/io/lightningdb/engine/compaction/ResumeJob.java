package io.lightningdb.engine.compaction;

import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes everything that readers see durable again after the log or the manifest has failed, without relying on any
/// file that was being written then. *Confined to one thread.*
///
/// What was written before a failure and not proved to be on stable storage may be gone, whatever the page cache says.
/// So the memtables of all keyspaces become runs, in new files; the log gets a new segment; and then a new manifest
/// names all of that at once, and says that the log starts with that segment. Until the new manifest has taken the
/// place of the old one, the old manifest and the old log are as they were, and so is what a crash leaves; from then on
/// nothing in the old log is needed. There is no state between, in which half of a commit over two keyspaces were in a
/// run and the other half in a log that may have lost it.
public final class ResumeJob {
  private final Maintenance maintenance;
  private final List<KeyspaceStore> stores;
  private final List<Flush> flushes = new ArrayList<>();

  private record Flush(FlushJob job, FlushJob.Written written) {}

  /// Prepares it.
  ///
  /// @param maintenance what to work with; the log is closed to appends
  /// @param stores all keyspaces; everything is in frozen memtables and runs, and no other thread flushes, creates or
  ///     drops
  public ResumeJob(Maintenance maintenance, List<KeyspaceStore> stores) {
    this.maintenance = maintenance;
    this.stores = stores;
  }

  /// Does it. Afterwards the log can be started anew.
  ///
  /// @param version newest commit in the memtables and runs
  /// @throws IOException if anything cannot be written; everything is as before, and this may be tried again
  public void run(long version) throws IOException {
    long sequence;
    try {
      writeRuns();
      sequence = maintenance.log().prepareAnew();
    } catch (IOException | RuntimeException e) {
      flushes.forEach(flush -> flush.written().output().discard(e));
      throw e;
    }
    // From here on the runs stay, even if this fails: the manifest may name them already.
    try (Manifest.Hold _ = maintenance.manifest().hold()) {
      maintenance.manifest().startAnew(_ -> edit(new Change.LogStart(sequence, version)));
      flushes.forEach(flush -> flush.job().replaceMemtable(flush.written()));
    }
  }

  private void writeRuns() throws IOException {
    for (KeyspaceStore store : stores) {
      for (Memtable memtable : store.peek().frozen().reversed()) {
        FlushJob job = new FlushJob(maintenance, store, memtable);
        flushes.add(new Flush(job, job.write()));
      }
    }
  }

  private VersionEdit edit(Change.LogStart logStart) {
    List<Change> changes = new ArrayList<>();
    flushes.forEach(flush -> changes.addAll(flush.job().changes(flush.written())));
    changes.add(logStart);
    changes.add(new Change.Moment(maintenance.snapshots().presentMillis()));
    changes.add(maintenance.ids().next());
    return new VersionEdit(changes);
  }
}
