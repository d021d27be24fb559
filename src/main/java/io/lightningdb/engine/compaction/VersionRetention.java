package io.lightningdb.engine.compaction;

import java.util.Arrays;

/// Which versions somebody can still see. Immutable.
///
/// A reader sees a version of a key if it reads at that version or later, and before the next newer one. Readers are the open
/// snapshots, everybody who comes later, who reads at the newest version, and whoever looks back as far as the history of the
/// keyspace reaches.
public final class VersionRetention {
  private final long[] snapshots;
  private final Past past;

  /// How far back a keyspace can be read.
  ///
  /// @param floor every version from this one on can be read at; [Long#MAX_VALUE] for none but the newest
  /// @param versions number of newest versions of each key that are kept in any case, at least 1
  public record Past(long floor, int versions) {
    /// Only the newest versions.
    public static final Past NONE = new Past(Long.MAX_VALUE, 1);
  }

  /// Takes the versions of the open snapshots, read after everything that is merged became visible.
  ///
  /// @param snapshots ascending
  /// @param past how far back the keyspace can be read
  public VersionRetention(long[] snapshots, Past past) {
    this.snapshots = snapshots.clone();
    this.past = past;
  }

  /// Tells whether an entry is still seen.
  ///
  /// @param version of the entry
  /// @param shadow version of what first hides it: the next newer entry of its key or the next newer range deletion over
  ///     it; [Long#MAX_VALUE] if nothing does
  /// @param newer number of newer versions of its key
  /// @return false if nobody can see it
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

  /// Up to which version deletions, and what they delete, are needed by nobody.
  ///
  /// @return a version; 0 if all deletions are needed
  public long droppableVersion() {
    if (past.versions() > 1) {
      return 0;
    }
    return Math.min(past.floor(), snapshots.length == 0 ? Long.MAX_VALUE : snapshots[0]);
  }
}
