package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.ReadVersions;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// Which versions a reader can still see. Immutable.
///
/// A reader sees a version of a key if it reads at that version or later, and before the next newer one. Readers are
/// the open snapshots, every later reader, which reads at the newest version, and every reader that looks back as far
/// as the history of the keyspace reaches. All of them read at the [Horizon] or later: what has expired by then no
/// reader can see.
public final class VersionRetention {
  private final long[] snapshots;
  private final Past past;
  private final Horizon horizon;

  /// How far back a keyspace can be read.
  ///
  /// @param floor every version from this one on can be read at; [Long#MAX_VALUE] for none but the newest
  /// @param versions number of newest versions of each key that are kept in any case, at least 1
  public record Past(long floor, int versions) {
    /// Only the newest versions.
    public static final Past NONE = new Past(Long.MAX_VALUE, 1);
  }

  /// The earliest moment that anybody reads at.
  ///
  /// @param instantMillis the moment
  /// @param removed counts what is left out because it has expired by then
  public record Horizon(long instantMillis, LongAdder removed) {}

  /// Takes the versions of the open snapshots, read after everything that is merged became visible.
  ///
  /// @param snapshots ascending
  /// @param past how far back the keyspace can be read
  /// @param horizon the earliest moment that anybody reads at
  public VersionRetention(long[] snapshots, Past past, Horizon horizon) {
    this.snapshots = snapshots.clone();
    this.past = past;
    this.horizon = horizon;
  }

  /// Tells whether an entry has expired for everybody: it is then as deleted.
  ///
  /// @param expiryMillis when it expires
  /// @return true if no reader is at an earlier moment
  public boolean isExpired(long expiryMillis) {
    return expiryMillis <= horizon.instantMillis();
  }

  /// Counts an entry that is left out because it has expired.
  void countExpired() {
    horizon.removed().increment();
  }

  /// Counts the entries of a run that goes as a whole because all of them have expired.
  void countExpired(RunRecord run) {
    horizon.removed().add(Math.round(run.entries() * run.liveShare()));
  }

  /// Tells whether a run can be deleted without reading it, if nothing older of its keys lies below it.
  ///
  /// @param run any run
  /// @return true if no reader sees any of its entries, or needs to know that they were there
  public boolean isSpent(RunRecord run) {
    return run.isWhollyExpired(horizon.instantMillis()) && !isDeletionNeeded(run.greatestVersion());
  }

  /// Tells whether an entry is still seen.
  ///
  /// @param version of the entry
  /// @param shadow version of what first hides it: the next newer entry of its key or the next newer range deletion
  ///     over
  ///     it; [Long#MAX_VALUE] if nothing does
  /// @param newer number of newer versions of its key
  /// @return false if no reader can see it
  public boolean isSeen(long version, long shadow, int newer) {
    boolean inHistory = past.versions() > 1 && newer < past.versions();
    if (shadow == Long.MAX_VALUE || shadow > past.floor() || inHistory) {
      return true;
    }
    int at = Arrays.binarySearch(snapshots, version);
    int first = at >= 0 ? at : -1 - at;
    return first < snapshots.length && snapshots[first] < shadow;
  }

  /// Tells whether a deletion still has to be kept where nothing older lies below: only while an older snapshot, or the
  /// history, keeps what it deletes.
  ///
  /// @param version of the deletion
  /// @return false if it can go
  public boolean isDeletionNeeded(long version) {
    boolean bySnapshot = snapshots.length > 0 && snapshots[0] < version;
    return bySnapshot || version > past.floor() || past.versions() > 1;
  }

  /// The versions at which deletions of ranges are looked at.
  ///
  /// @return besides the newest
  public ReadVersions readVersions() {
    return past.versions() > 1 ? ReadVersions.ALL : new ReadVersions(snapshots, past.floor());
  }
}
