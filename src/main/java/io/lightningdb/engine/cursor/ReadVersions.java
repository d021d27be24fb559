package io.lightningdb.engine.cursor;

import java.util.Arrays;

/// The versions that are read at, now or later. Immutable.
public final class ReadVersions {
  /// Every version.
  public static final ReadVersions ALL = new ReadVersions(new long[0], 0);

  private final long[] snapshots;
  private final long floor;

  /// Takes versions.
  ///
  /// @param snapshots versions of open snapshots, ascending
  /// @param floor every version from this one on is read at; [Long#MAX_VALUE] if only the newest is
  public ReadVersions(long[] snapshots, long floor) {
    this.snapshots = snapshots.clone();
    this.floor = floor;
  }

  /// The first version from another one on that is read at.
  ///
  /// @param version any version
  /// @return a version; [Long#MAX_VALUE] if from there on only the newest is
  long firstFrom(long version) {
    if (version >= floor) {
      return version;
    }
    int at = Arrays.binarySearch(snapshots, version);
    int first = at >= 0 ? at : -1 - at;
    return first == snapshots.length ? floor : Math.min(floor, snapshots[first]);
  }
}
