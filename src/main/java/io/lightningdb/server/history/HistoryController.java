package io.lightningdb.server.history;

import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Tells how the service was in the last hours: `/v1/admin/history`.
@RestController
class HistoryController {
  private static final String SECONDS = "seconds";
  private static final String POINTS = "points";
  private static final int MILLIS_PER_SECOND = 1000;
  private static final int INTERVAL_SECONDS = HistoryRing.INTERVAL_MILLIS / MILLIS_PER_SECOND;
  private static final int SECONDS_DEFAULT = 3600;
  private static final int POINTS_DEFAULT = 360;

  // Half a microsecond, or half a byte, is no matter; a thousandth of a share is.
  private static final double PRECISION = 1000;

  private final History history;

  /// Called by Spring.
  ///
  /// @param history has the samples
  HistoryController(History history) {
    this.history = history;
  }

  /// The last hours.
  ///
  /// @param since when the history begins at the earliest
  /// @param intervalSeconds time from one value to the next
  /// @param times when each value ends
  /// @param series values of each figure, one for each moment; null where nothing was measured
  record HistoryDocument(
      Instant since,
      int intervalSeconds,
      List<Instant> times,
      Map<String, List<@Nullable Double>> series) {}

  /// Tells the history.
  ///
  /// @param query how much of it
  /// @return the values
  @GetMapping(path = "/v1/admin/history", produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({SECONDS, POINTS})
  HistoryDocument history(Query query) {
    int secondsMax = HistoryRing.SLOTS * INTERVAL_SECONDS;
    int seconds = query.whole(SECONDS, SECONDS_DEFAULT, INTERVAL_SECONDS, secondsMax);
    int points = query.whole(POINTS, POINTS_DEFAULT, 1, HistoryRing.SLOTS);
    HistoryRing.Part part = history.read(seconds / INTERVAL_SECONDS, points);
    Map<String, List<@Nullable Double>> series = new LinkedHashMap<>();
    for (Series each : Series.values()) {
      series.put(each.member(), values(part.values().getOrDefault(each, new double[0])));
    }
    return new HistoryDocument(
        history.since(),
        part.intervalMillis() / MILLIS_PER_SECOND,
        part.millis().stream().map(Instant::ofEpochMilli).toList(),
        series);
  }

  private static List<@Nullable Double> values(double[] values) {
    List<@Nullable Double> listed = new ArrayList<>(values.length);
    for (double value : values) {
      listed.add(Double.isNaN(value) ? null : (double) Math.round(value * PRECISION) / PRECISION);
    }
    return listed;
  }
}
