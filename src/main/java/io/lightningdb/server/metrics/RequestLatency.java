package io.lightningdb.server.metrics;

import io.lightningdb.engine.latency.LatencyHistogram;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Durations of requests over HTTP by what they ask for. Spring's own timer of requests tells paths, statuses and failures apart: with
/// the buckets of a histogram each, a scrape of a service of which all calls were used would have ten thousand series. *Thread-safe.*
@Component
final class RequestLatency {
  private static final String KEYSPACE = "/v1/keyspaces/{keyspace}";
  private static final String ENTRIES = KEYSPACE + "/entries";

  private final Map<String, LatencyHistogram> histograms = new LinkedHashMap<>();

  /// Called by Spring.
  RequestLatency() {
    Label.CALL.allowed().forEach(call -> histograms.put(call, new LatencyHistogram()));
  }

  /// Counts a request.
  ///
  /// @param method of the request
  /// @param pattern of its path, null if nothing is there
  /// @param nanos how long it took, in nanoseconds
  void record(String method, @Nullable String pattern, long nanos) {
    LatencyHistogram histogram = histograms.get(call(method, pattern));
    if (histogram == null) {
      throw new IllegalStateException("no value of the label: " + call(method, pattern));
    }
    histogram.record(nanos);
  }

  /// What a request asks for.
  ///
  /// @param method of the request
  /// @param pattern of its path, null if nothing is there
  /// @return a value of [Label#CALL]
  static String call(String method, @Nullable String pattern) {
    if (pattern == null) {
      return "other";
    }
    boolean reads = method.equals("GET") || method.equals("HEAD");
    if (pattern.startsWith(ENTRIES + "/")) {
      return reads ? "get" : "write";
    }
    if (pattern.startsWith(ENTRIES + ":")) {
      return reads ? "range" : "batch";
    }
    if (pattern.equals(ENTRIES)) {
      return reads ? "range" : "write";
    }
    if (pattern.startsWith("/v1/transactions")) {
      return "transaction";
    }
    return pattern.startsWith("/v1/admin/") || pattern.startsWith("/v1/keyspaces")
        ? "administration"
        : "other";
  }

  /// What was counted so far.
  ///
  /// @return by the values of [Label#CALL]
  Map<String, LatencyHistogram.Snapshot> snapshots() {
    Map<String, LatencyHistogram.Snapshot> snapshots = new LinkedHashMap<>();
    histograms.forEach((call, histogram) -> snapshots.put(call, histogram.snapshot()));
    return snapshots;
  }
}
