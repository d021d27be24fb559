package io.lightningdb.engine.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A keyspace as the manifest knows it. Immutable.
///
/// @param id its id, never used twice
/// @param name its name, unique among the keyspaces that exist
/// @param options names and values of its options; what they mean is not the manifest's business
/// @param flushedVersion all its commits up to this version are in runs
/// @param historyFloor from this version on every moment can still be read in full
/// @param runs newest first by [RunRecord.Place], ascending by key within a row
public record KeyspaceRecord(
    int id,
    String name,
    SortedMap<String, String> options,
    long flushedVersion,
    long historyFloor,
    List<RunRecord> runs) {

  private static final Comparator<RunRecord> ORDER =
      Comparator.comparing(RunRecord::place)
          .thenComparing((a, b) -> Arrays.compareUnsigned(a.bounds().lower(), b.bounds().lower()));

  /// Sorts the runs and checks that those of a row do not overlap.
  ///
  /// @throws IllegalArgumentException if they do
  public KeyspaceRecord {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    List<RunRecord> sorted = new ArrayList<>(runs);
    sorted.sort(ORDER);
    for (int i = 1; i < sorted.size(); i++) {
      checkNeighbours(sorted.get(i - 1), sorted.get(i));
    }
    runs = List.copyOf(sorted);
  }

  private static void checkNeighbours(RunRecord left, RunRecord right) {
    if (left.place().equals(right.place()) && left.bounds().overlaps(right.bounds())) {
      throw new IllegalArgumentException(
          "runs " + left.fileId() + " and " + right.fileId() + " of one row overlap");
    }
  }

  /// The same with another name and other options.
  ///
  /// @param newName its name
  /// @param newOptions names and values of its options
  /// @return a changed copy
  public KeyspaceRecord withOptions(String newName, SortedMap<String, String> newOptions) {
    return new KeyspaceRecord(id, newName, newOptions, flushedVersion, historyFloor, runs);
  }

  KeyspaceRecord withFlushedVersion(long version) {
    return new KeyspaceRecord(id, name, options, version, historyFloor, runs);
  }

  KeyspaceRecord withHistoryFloor(long version) {
    return new KeyspaceRecord(
        id, name, options, flushedVersion, Math.max(historyFloor, version), runs);
  }

  KeyspaceRecord withRuns(List<RunRecord> newRuns) {
    return new KeyspaceRecord(id, name, options, flushedVersion, historyFloor, newRuns);
  }
}
