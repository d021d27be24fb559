package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.commit.SnapshotRegistry;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import java.util.function.Consumer;

/// What flushes and merges work with. Immutable.
///
/// @param storage the data directory
/// @param manifest the durable state
/// @param log the write-ahead log
/// @param snapshots versions that are still read
/// @param ids numbers for new files and rows
/// @param forms how the runs of a keyspace are laid out
/// @param memory pays for buffers, and has the cache
/// @param runBytesTarget size at which another run file is started, in bytes
/// @param whenUnused gets the files of runs that are not used any more
/// @param counters counts what is done
/// @param limiter holds what is written to so much per second
/// @param disk watches how full the disk is
public record Maintenance(
    Storage storage,
    Manifest manifest,
    LogWriter log,
    SnapshotRegistry snapshots,
    RunIds ids,
    Forms forms,
    MemoryBudget memory,
    long runBytesTarget,
    Consumer<SharedRun.SharedFile> whenUnused,
    MaintenanceCounters counters,
    WriteRateLimiter limiter,
    DiskGuard disk) {

  /// Knows how the runs of each keyspace are laid out, and where unflushed commits start.
  public interface Forms {
    /// The form of new runs.
    ///
    /// @param store the keyspace
    /// @return as its options say now
    RunWriter.Form runForm(KeyspaceStore store);

    /// The form of new runs with nothing older below them.
    ///
    /// @param store the keyspace
    /// @return as its options say now
    RunWriter.Form bottomRunForm(KeyspaceStore store);

    /// How far back the keyspace can be read.
    ///
    /// @param store the keyspace
    /// @return as its options say now
    VersionRetention.Past past(KeyspaceStore store);

    /// Up to which version all commits are in runs, whatever their keyspace, if a flush that is about to be recorded is
    /// counted.
    ///
    /// @param flushing the keyspace being flushed
    /// @param flushedVersion up to which it will be
    /// @return a version
    long flushedEverywhere(KeyspaceStore flushing, long flushedVersion);
  }

  /// What of a keyspace can still be seen, now.
  ///
  /// @param store the keyspace
  /// @return to be asked about what is visible already
  VersionRetention retention(KeyspaceStore store) {
    long[] versions = snapshots.versions();
    VersionRetention.Horizon horizon =
        new VersionRetention.Horizon(
            snapshots.oldestInstantMillis(), counters.expiredEntriesRemoved());
    return new VersionRetention(versions, forms.past(store), horizon);
  }

  /// Up to which version no reader needs what was deleted in a keyspace.
  ///
  /// @param store the keyspace
  /// @return a version
  public long droppableVersion(KeyspaceStore store) {
    VersionRetention.Past past = forms.past(store);
    long unread = Math.min(snapshots.leastVersion(), log.durableVersion());
    return past.versions() > 1 ? 0 : Math.min(past.floor(), unread);
  }

  /// The earliest moment that anybody reads at.
  ///
  /// @return in milliseconds since 1970
  public long instantMillis() {
    return snapshots.oldestInstantMillis();
  }

  /// Tells whether every visible commit is on stable storage.
  ///
  /// @return true if so
  public boolean isAllDurable() {
    return log.durableVersion() == log.appendedVersion();
  }

  /// The id of the database.
  ///
  /// @return as in the manifest
  long databaseId() {
    return manifest.current().databaseId();
  }
}
