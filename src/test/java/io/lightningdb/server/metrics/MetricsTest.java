package io.lightningdb.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.RunningService;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsTest extends RunningService {

  private String scrape() {
    return api().accept("text/plain").get("/actuator/prometheus").asString();
  }

  private static double value(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(series + " is not there"));
  }

  @Test
  void figuresOfTheEngineAreThere() {
    keyspace("metrics-test");
    double before = value(scrape(), "lightning_commits_total");
    for (int i = 0; i < 5; i++) {
      api().body("x").put("/v1/keyspaces/metrics-test/entries/" + i);
    }
    database.keyspace("metrics-test").flush();

    String metrics = scrape();

    assertThat(value(metrics, "lightning_commits_total")).isGreaterThanOrEqualTo(before + 5);
    assertThat(value(metrics, "lightning_visible_version")).isGreaterThanOrEqualTo(5);
    assertThat(value(metrics, "lightning_durable_version")).isPositive();
    assertThat(value(metrics, "lightning_log_allocated_bytes")).isPositive();
    assertThat(value(metrics, "lightning_log_segments")).isPositive();
    assertThat(value(metrics, "lightning_log_sync_seconds_count")).isPositive();
    assertThat(value(metrics, "lightning_log_sync_seconds_sum")).isPositive();
    assertThat(value(metrics, "lightning_flushes_total")).isPositive();
    assertThat(value(metrics, "lightning_flush_written_bytes_total")).isPositive();
    for (String priority : Set.of("user", "flush")) {
      String written = "lightning_written_bytes_total{priority=\"" + priority + "\"}";
      assertThat(value(metrics, written)).as(priority).isPositive();
    }
    for (String priority : Set.of("user", "flush", "top-level", "rest")) {
      String waited = "lightning_written_wait_seconds_sum{priority=\"" + priority + "\"}";
      assertThat(value(metrics, waited)).as("no limit: " + priority).isZero();
    }
    assertThat(value(metrics, "lightning_run_files")).isPositive();
    assertThat(value(metrics, "lightning_run_bytes")).isPositive();
    assertThat(value(metrics, "lightning_memtable_bytes")).isNotNegative();
    assertThat(value(metrics, "lightning_cache_max_bytes")).isPositive();
    assertThat(value(metrics, "lightning_memory_budget_bytes")).isPositive();
    assertThat(value(metrics, "lightning_memory_bytes{part=\"memtables\"}")).isPositive();
    for (String part :
        Set.of(
            "cache",
            "transactions",
            "snapshots",
            "service",
            "scans",
            "log",
            "runs",
            "maintenance")) {
      assertThat(value(metrics, "lightning_memory_bytes{part=\"" + part + "\"}")).isNotNegative();
    }
    assertThat(value(metrics, "lightning_disk_free_bytes")).isPositive();
    assertThat(value(metrics, "lightning_disk_reserve_bytes")).isPositive();
    assertThat(value(metrics, "lightning_disk_reserve_reached")).isZero();
    assertThat(value(metrics, "lightning_disk_writes_refused_total")).isZero();
    assertThat(value(metrics, "lightning_storage_failed")).isZero();
    assertThat(value(metrics, "lightning_integrity_faults")).isZero();
    for (String series :
        Set.of(
            "lightning_compactions_total",
            "lightning_compactions_running",
            "lightning_run_files_moved_total",
            "lightning_scrub_read_bytes_total",
            "lightning_scrub_damaged_total",
            "lightning_scrub_passes_total",
            "lightning_scrub_pass_done_ratio",
            "lightning_scrub_completed_timestamp_seconds",
            "lightning_run_files_dropped_total",
            "lightning_flush_backlog_ratio",
            "lightning_compaction_backlog_ratio",
            "lightning_compaction_read_bytes_total",
            "lightning_compaction_written_bytes_total",
            "lightning_write_wait_seconds_count{cause=\"flushes\"}",
            "lightning_write_wait_seconds_sum{cause=\"compactions\"}",
            "lightning_transactions_open{state=\"running\"}",
            "lightning_transactions_open{state=\"waiting\"}",
            "lightning_transactions_locks",
            "lightning_transactions_committed_total",
            "lightning_transactions_rolled_back_total",
            "lightning_transactions_expired_total",
            "lightning_transactions_conflicts_total",
            "lightning_transactions_deadlocks_total",
            "lightning_cache_bytes",
            "lightning_cache_blocks",
            "lightning_cache_hits_total",
            "lightning_cache_misses_total",
            "lightning_cache_evictions_total",
            "lightning_cache_recency_bytes",
            "lightning_cache_recency_target_bytes",
            "lightning_cache_recency_ghost_hits_total",
            "lightning_cache_frequency_ghost_hits_total",
            "lightning_denied_requests_total{reason=\"role\"}",
            "lightning_snapshots",
            "lightning_snapshot_oldest_age_seconds",
            "lightning_cursors")) {
      assertThat(value(metrics, series)).isNotNegative();
    }
  }

  @Test
  void openTransactionsAndTheOldestSnapshotAreThere() {
    String running = "lightning_transactions_open{state=\"running\"}";
    String oldest = "lightning_snapshot_oldest_age_seconds";
    double before = value(scrape(), running);
    String transaction = api().post("/v1/transactions").header("Location");
    try {
      await().until(() -> value(scrape(), oldest) > 0.05);
      String metrics = scrape();
      assertThat(value(metrics, running)).isEqualTo(before + 1);
      assertThat(value(metrics, "lightning_snapshots")).isPositive();
      assertThat(value(metrics, oldest)).isLessThan(300);
    } finally {
      api().delete(transaction).then().statusCode(204);
    }
    assertThat(value(scrape(), running)).isEqualTo(before);
  }

  @Test
  void versionsThatOnlyASnapshotNeedsAreCounted() {
    database.dropKeyspace("metrics-kept");
    keyspace("metrics-kept");
    String kept = "lightning_keyspace_versions_kept{keyspace=\"metrics-kept\"}";
    api().body("1").put("/v1/keyspaces/metrics-kept/entries/a");
    assertThat(value(scrape(), kept)).isZero();
    try (Snapshot snapshot = database.snapshot()) {
      api().body("2").put("/v1/keyspaces/metrics-kept/entries/a");
      assertThat(value(scrape(), kept)).isEqualTo(1);
      database.keyspace("metrics-kept").compact();
      assertThat(value(scrape(), kept)).isEqualTo(1);
      assertThat(snapshot.isOpen()).isTrue();
    }
    database.keyspace("metrics-kept").compact();
    assertThat(value(scrape(), kept)).isZero();
  }

  @Test
  void figuresOfAKeyspaceComeAndGoWithIt() {
    keyspace("metrics-short");
    api().body("x").put("/v1/keyspaces/metrics-short/entries/a");
    assertThat(value(scrape(), "lightning_keyspace_entries{keyspace=\"metrics-short\"}"))
        .isEqualTo(1);
    assertThat(value(scrape(), "lightning_keyspace_memtable_bytes{keyspace=\"metrics-short\"}"))
        .isPositive();
    assertThat(value(scrape(), "lightning_keyspace_run_files{keyspace=\"metrics-short\"}"))
        .isZero();
    assertThat(value(scrape(), "lightning_keyspace_run_bytes{keyspace=\"metrics-short\"}"))
        .isZero();
    assertThat(value(scrape(), "lightning_keyspace_memtables_frozen{keyspace=\"metrics-short\"}"))
        .isZero();
    String passed = "lightning_keyspace_entries_skipped_total{keyspace=\"metrics-short\"}";
    assertThat(value(scrape(), passed)).isZero();
    api().delete("/v1/keyspaces/metrics-short/entries/a").then().statusCode(204);
    api().get("/v1/keyspaces/metrics-short/entries").then().statusCode(200);
    assertThat(value(scrape(), passed)).isEqualTo(1);

    api().delete("/v1/keyspaces/metrics-short?confirm=metrics-short").then().statusCode(204);

    assertThat(scrape()).doesNotContain("metrics-short");

    keyspace("metrics-short");
    assertThat(value(scrape(), passed)).isZero();
    database.dropKeyspace("metrics-short");
  }

  @Test
  void requestsAreTimedByPatternsAndNotByPaths() {
    keyspace("metrics-test");
    api().body("x").put("/v1/keyspaces/metrics-test/entries/a-key-of-its-own");
    api().get("/v1/no/such/path");

    String metrics = scrape();

    assertThat(metrics.lines())
        .anyMatch(line ->
            line.startsWith("http_server_requests_seconds_count")
                && line.contains("uri=\"/v1/keyspaces/{keyspace}/entries/{key}\"")
                && line.contains("method=\"PUT\""));
    assertThat(value(metrics, "lightning_request_seconds_count{call=\"write\"}")).isPositive();
    assertThat(metrics).doesNotContain("a-key-of-its-own").doesNotContain("/v1/no/such/path");
  }

  @Test
  void theScrapeIsTheInventory() {
    keyspace("metrics-test");
    String metrics = scrape();

    assertThat(described(metrics, "TYPE"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Metric.values())
                .map(metric ->
                    metric.fullName() + " " + metric.kind().name().toLowerCase(Locale.ROOT))
                .toList());
    assertThat(described(metrics, "HELP"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Metric.values())
                .map(metric -> metric.fullName() + " " + metric.meaning())
                .toList());
  }

  @Test
  void durationsAreHistogramsWithTheSameBuckets() {
    String address = keyspace("metrics-test");
    api().body("x").put(address + "/entries/timed");
    api().get(address + "/entries/timed").then().statusCode(200);
    api().get(address + "/entries").then().statusCode(200);
    String metrics = scrape();

    for (String series :
        List.of(
            "lightning_commit_seconds%s{durability=\"synced\"",
            "lightning_log_sync_seconds%s{",
            "lightning_get_seconds%s{",
            "lightning_scan_seconds%s{",
            "lightning_request_seconds%s{call=\"get\"")) {
      List<String> buckets =
          metrics.lines().filter(line -> line.startsWith(series.formatted("_bucket"))).toList();
      assertThat(buckets).as(series).hasSize(28);
      assertThat(buckets.getFirst()).contains("le=\"1.0E-6\"");
      assertThat(buckets.getLast()).contains("le=\"+Inf\"");
      double[] counts =
          buckets.stream()
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .toArray();
      assertThat(counts).as(series).isSorted();
      assertThat(counts[27]).as(series).isPositive();
    }
  }

  private static List<String> described(String metrics, String what) {
    String start = "# " + what + " ";
    return metrics
        .lines()
        .filter(line -> line.startsWith(start + "lightning_"))
        .map(line -> line.substring(start.length()))
        .toList();
  }

  @Test
  void labelsAreThoseOfTheInventoryWithAllTheirValues() {
    keyspace("metrics-test");
    String metrics = scrape();

    for (Metric metric : Metric.values()) {
      Pattern series = Pattern.compile("(?m)^" + metric.fullName() + "(_count)?(\\{(.*)})? ");
      Set<String> labels =
          series
              .matcher(metrics)
              .results()
              .map(match -> match.group(3) == null ? "" : match.group(3))
              .collect(Collectors.toCollection(TreeSet::new));
      switch (metric.labels()) {
        case List<Label> none when none.isEmpty() ->
            assertThat(labels).as(metric.fullName()).containsExactly("");
        case List<Label> one when one.equals(List.of(Label.KEYSPACE)) ->
            assertThat(labels)
                .as(metric.fullName())
                .contains("keyspace=\"metrics-test\"")
                .allMatch(label -> label.matches("keyspace=\"[^\",]+\""));
        case List<Label> one ->
            assertThat(labels)
                .as(metric.fullName())
                .containsExactlyInAnyOrderElementsOf(
                    one.getFirst().allowed().stream()
                        .map(value -> one.getFirst().word() + "=\"" + value + "\"")
                        .toList());
      }
    }
  }
}
