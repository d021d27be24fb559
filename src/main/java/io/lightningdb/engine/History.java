package io.lightningdb.engine;

import java.time.Duration;

/// Which past versions of the entries of a keyspace stay readable, beyond what open snapshots need. Immutable.
///
/// Age is measured with the wall clock while the database is open: a restart starts the measure anew, so that history
/// is kept for longer, never shorter; a clock that jumps forward ends it early by as much.
///
/// @param age every moment up to this long ago can be read, 0 to 366 days
/// @param versions the newest versions of each entry that are kept whatever their age, 1 to 1,000,000; deletions count,
///     and are kept as long as what they delete
public record History(Duration age, int versions) {
  private static final int VERSIONS_MAX = 1_000_000;

  /// No history: only the newest versions.
  public static final History NONE = new History(Duration.ZERO, 1);

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public History {
    if (age.isNegative() || age.toDays() > 366) {
      throw new IllegalArgumentException("age=" + age + " is outside 0 to 366 days");
    }
    if (versions < 1 || versions > VERSIONS_MAX) {
      throw new IllegalArgumentException("versions=" + versions + " is outside 1.." + VERSIONS_MAX);
    }
  }
}
