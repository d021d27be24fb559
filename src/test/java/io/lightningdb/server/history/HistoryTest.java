package io.lightningdb.server.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.metrics.ReadLatency;
import io.micrometer.core.instrument.MeterRegistry;
import io.restassured.path.json.JsonPath;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// The last hours are told as they were, and what cannot be measured is a gap.
class HistoryTest extends RunningService {
  private static final String HISTORY = "/v1/admin/history";

  @Autowired private ReadLatency reads;
  @Autowired private MeterRegistry meters;

  /// Figures as they are now, at a moment of the test.
  private Reading readingAt(long millis) {
    Reading now = Reading.of(database, reads, meters);
    return new Reading(
        millis,
        now.stats(),
        now.openTransactions(),
        now.reads(),
        now.scans(),
        now.commits(),
        now.requests(),
        now.connections(),
        now.heapBytes(),
        now.processorNanos());
  }

  @Test
  void ratesAreOfWhatWasDone() {
    String path = keyspace("history") + "/entries/a";
    Reading before = readingAt(10_000);
    for (int i = 0; i < 20; i++) {
      api().body("x").put(path);
      api().get(path);
    }
    api().get("/v1/keyspaces/history/entries");

    Map<Series, Double> sample = readingAt(20_000).since(before);

    assertThat(sample.get(Series.WRITES_PER_SECOND)).isGreaterThanOrEqualTo(2);
    assertThat(sample.get(Series.READS_PER_SECOND)).isGreaterThanOrEqualTo(2);
    assertThat(sample.get(Series.SCANS_PER_SECOND)).isGreaterThanOrEqualTo(0.1);
    assertThat(sample.get(Series.REQUESTS_PER_SECOND)).isGreaterThanOrEqualTo(4);
    assertThat(sample.get(Series.WRITE_P50_MICROS)).isPositive();
    assertThat(sample.get(Series.READ_P99_MICROS))
        .isGreaterThanOrEqualTo(sample.get(Series.READ_P50_MICROS));
    assertThat(sample.get(Series.CONNECTIONS)).isPositive();
    assertThat(sample.get(Series.DISK_FREE_BYTES)).isPositive();
    assertThat(sample.get(Series.FAILED_REQUESTS_PER_SECOND)).isZero();
    // Nothing is known of the time before the first reading.
    assertThat(before.since(null)).doesNotContainKey(Series.READS_PER_SECOND);
  }

  @Test
  void aSampleThatFailsIsAGapAndNoMore() {
    AtomicInteger asked = new AtomicInteger();
    History history =
        new History(
            () -> {
              int count = asked.getAndIncrement();
              if (count == 1 || count == 2) {
                throw new IllegalStateException("of a test");
              }
              return readingAt(10_000L * count);
            },
            MemoryAccount.NONE,
            Instant.EPOCH);
    for (int i = 0; i < 4; i++) {
      history.sample();
    }

    HistoryRing.Part part = history.read(4, 4);
    assertThat(part.millis()).containsExactly(0L, 10_000L, 20_000L, 30_000L);
    double[] heap = Objects.requireNonNull(part.values().get(Series.HEAP_BYTES));
    assertThat(heap[0]).isPositive();
    assertThat(heap[1]).isNaN();
    assertThat(heap[2]).isNaN();
    assertThat(heap[3]).isPositive();
  }

  @Test
  void theHistoryIsToldAndPaidFor() {
    JsonPath history =
        api().get(HISTORY + "?seconds=60&points=3").then().statusCode(200).extract().jsonPath();

    assertThat(history.getInt("intervalSeconds")).isEqualTo(20);
    assertThat(history.getList("times")).hasSize(3);
    for (Series series : Series.values()) {
      assertThat(history.getList("series." + series.member())).as(series.member()).hasSize(3);
    }
    List<Float> heap = history.getList("series.heapBytes");
    assertThat(heap.getLast()).isPositive();
    assertThat(Instant.parse(history.getString("since"))).isBefore(Instant.now());
    assertThat(database.stats().memory().embedderBytes()).isGreaterThanOrEqualTo(HistoryRing.BYTES);
    assertThat(meters.get("lightning.history").gauge().value())
        .isEqualTo((double) HistoryRing.BYTES);
    api().get(HISTORY).then().statusCode(200).body("times.size()", equalTo(360));
    api().get(HISTORY + "?seconds=21600&points=2160").then().body("times.size()", equalTo(2160));
    for (String refused :
        List.of("seconds=9", "seconds=21601", "points=0", "points=2161", "points=x")) {
      api()
          .get(HISTORY + "?" + refused)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/invalid-parameter"));
    }
  }
}
