package io.lightningdb.engine;

import io.lightningdb.engine.commit.CommitTimes;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.VersionRetention;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceStore;

/// Reads out of the options of a keyspace what its runs look like, and what they keep of the past. *Thread-safe.* Asked
/// by flushes and merges, each time anew, so that changed options hold from the next run on.
///
/// @param commitTimes when commits were made
record FormsOfOptions(Core core, KeyspaceCatalog keyspaces, CommitTimes commitTimes)
    implements Maintenance.Forms {

  @Override
  public RunWriter.Form runForm(KeyspaceStore store) {
    KeyspaceOptions wanted = keyspaces.optionsOf(store);
    return form(wanted, wanted.compression());
  }

  @Override
  public RunWriter.Form bottomRunForm(KeyspaceStore store) {
    KeyspaceOptions wanted = keyspaces.optionsOf(store);
    return form(wanted, wanted.bottomCompression().resolve(wanted.compression()));
  }

  private static RunWriter.Form form(KeyspaceOptions wanted, Compression compression) {
    return new RunWriter.Form(
        compression.codec(), wanted.pointIndex() == PointIndex.HASH, wanted.leafBytes());
  }

  @Override
  public VersionRetention.Past past(KeyspaceStore store) {
    History history = keyspaces.optionsOf(store).history();
    long floor =
        history.age().isZero()
            ? Long.MAX_VALUE
            : commitTimes.newestAt(core.clock().millis() - history.age().toMillis());
    return new VersionRetention.Past(floor, history.versions());
  }

  @Override
  public long flushedEverywhere(KeyspaceStore flushing, long flushedVersion) {
    // Read before the stores: a commit that becomes visible or durable later is newer. No more
    // than what is visible: recovery flushes while later commits are still to be replayed. No
    // more than what is durable: a keyspace dropped with commits that were not would leave the
    // log shorter than the manifest says.
    long everywhere = Math.min(core.visible().get(), core.log().durableVersion());
    for (Keyspace keyspace : keyspaces.all()) {
      KeyspaceStore store = keyspace.store();
      long first =
          store == flushing
              ? store.firstUnflushedVersionAfter(flushedVersion)
              : store.firstUnflushedVersion();
      everywhere = Math.min(everywhere, first - 1);
    }
    return everywhere;
  }
}
