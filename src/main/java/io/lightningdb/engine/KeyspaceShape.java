package io.lightningdb.engine;

import io.lightningdb.engine.format.KeyRange;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a keyspace is made of at one moment: its memtables, its run files by level and sorted run, and the compactions under way.
/// Immutable. See [Keyspace#shape].
///
/// @param memtables the active one, and those that wait for their flush, newest first
/// @param levels from the newest level to the oldest, those that hold anything
/// @param compactions begun and not done yet; the first is the one at work
/// @param runFilesLeftOut number of run files, or parts of them, that are counted in their levels and not listed
public record KeyspaceShape(
    List<Memtable> memtables,
    List<Level> levels,
    List<Compaction> compactions,
    int runFilesLeftOut) {

  /// Copies the lists.
  public KeyspaceShape {
    memtables = List.copyOf(memtables);
    levels = List.copyOf(levels);
    compactions = List.copyOf(compactions);
  }

  /// What becomes of a memtable.
  public enum MemtableState {
    /// It takes the writes.
    ACTIVE,
    /// It waits for its flush.
    FROZEN,
    /// It is being written as a run.
    FLUSHING
  }

  /// Changes in memory.
  ///
  /// @param state what becomes of it
  /// @param bytes that it holds in memory
  /// @param entries number of changes in it
  /// @param deletions how many of them are deletions of a key
  /// @param leastVersion version of its first change, or 0 if there is none
  /// @param greatestVersion version of its last change, or 0 if there is none
  public record Memtable(
      MemtableState state,
      long bytes,
      long entries,
      long deletions,
      long leastVersion,
      long greatestVersion) {}

  /// A level of sorted runs.
  ///
  /// @param level its number, 0 for flushed memtables
  /// @param bytes of its run files, as far as they were not merged yet
  /// @param bytesMax beyond which the layout moves a part of the level down, if it bounds bytes
  /// @param sortedRunsCount number of its sorted runs, listed or not
  /// @param sortedRunsMax beyond which the layout merges them, unless a layout has other bounds
  /// @param runFiles number of its run files and parts of them, listed or not
  /// @param sortedRuns newest first, as far as they are listed
  public record Level(
      int level,
      long bytes,
      OptionalLong bytesMax,
      int sortedRunsCount,
      OptionalInt sortedRunsMax,
      int runFiles,
      List<SortedRun> sortedRuns) {

    /// Copies the list.
    public Level {
      sortedRuns = List.copyOf(sortedRuns);
    }
  }

  /// Run files whose keys do not overlap.
  ///
  /// @param id unique in the database; within a level the greater is the newer
  /// @param runs ascending by key, as far as they are listed
  public record SortedRun(long id, List<RunFile> runs) {

    /// Copies the list.
    public SortedRun {
      runs = List.copyOf(runs);
    }
  }

  /// A run file, or a part of one.
  ///
  /// @param file its name in the data directory
  /// @param bytes size of the file
  /// @param liveBytes how many of them count: less than all where compactions have taken over a part
  /// @param entries number of entries in the file
  /// @param deletions how many of them are deletions of a key
  /// @param leastVersion least version in the file
  /// @param greatestVersion greatest version in the file
  /// @param keys that may be in it
  public record RunFile(
      String file,
      long bytes,
      long liveBytes,
      long entries,
      long deletions,
      long leastVersion,
      long greatestVersion,
      KeyRange keys) {}

  /// A compaction under way.
  ///
  /// @param fromLevel the newest level that it takes runs from
  /// @param toLevel where they go
  /// @param since when it was begun
  /// @param bytesDone how much of what it takes is merged, estimated
  /// @param bytesAll how much it takes, estimated when it was begun
  public record Compaction(
      int fromLevel, int toLevel, Instant since, long bytesDone, long bytesAll) {}
}
