package io.lightningdb.engine.compaction;

import java.util.Arrays;

/// Which versions somebody can still see. Immutable.
///
/// A reader sees a version of a key if it reads at that version or later, and before the next newer one. Readers are the open
/// snapshots and everybody who comes later, who reads at the newest version.
public final class VersionRetention {
  private final long[] snapshots;

  /// Takes the versions of the open snapshots, read after everything that is merged became visible.
  ///
  /// @param snapshots ascending
  public VersionRetention(long[] snapshots) {
    this.snapshots = snapshots.clone();
  }

  /// Tells whether an entry is still seen.
  ///
  /// @param version of the entry
  /// @param shadow version of what first hides it: the next newer entry of its key or the next newer range deletion over
  ///     it; [Long#MAX_VALUE] if nothing does
  /// @return false if nobody can see it
  public boolean isSeen(long version, long shadow) {
    if (shadow == Long.MAX_VALUE) {
      return true;
    }
    int at = Arrays.binarySearch(snapshots, version);
    int first = at >= 0 ? at : -1 - at;
    return first < snapshots.length && snapshots[first] < shadow;
  }

  /// Tells whether a deletion still has to be kept where nothing older lies below: only while an older snapshot keeps what
  /// it deletes.
  ///
  /// @param version of the deletion
  /// @return false if it can go
  public boolean isDeletionNeeded(long version) {
    return snapshots.length > 0 && snapshots[0] < version;
  }
}
