package io.lightningdb.engine.store;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.manifest.RunRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs of one age whose bounds do not overlap, ascending. Immutable.
///
/// @param place level and number of the row
/// @param runs at least one
public record Row(RunRecord.Place place, List<SharedRun> runs) {

  /// Groups runs into rows.
  ///
  /// @param runs newest first, ascending within a row
  /// @return the rows, newest first
  static List<Row> group(List<SharedRun> runs) {
    List<Row> rows = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= runs.size(); i++) {
      RunRecord.Place place = runs.get(from).record().place();
      if (i == runs.size() || !runs.get(i).record().place().equals(place)) {
        rows.add(new Row(place, List.copyOf(runs.subList(from, i))));
        from = i;
      }
    }
    return List.copyOf(rows);
  }

  /// The run whose bounds hold a key.
  @Nullable SharedRun runFor(byte[] key) {
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(runs.get(middle).record().bounds().lower(), key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    SharedRun candidate = low == 0 ? null : runs.get(low - 1);
    return candidate != null && candidate.record().bounds().isBelowUpper(key) ? candidate : null;
  }

  /// The runs that may hold keys of a range, ascending.
  List<SharedRun> overlapping(KeyRange range) {
    return runs.stream().filter(run -> run.record().bounds().overlaps(range)).toList();
  }
}
