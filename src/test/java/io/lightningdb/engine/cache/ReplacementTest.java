package io.lightningdb.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cache.BlockTrace.Zipfian;
import io.lightningdb.engine.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compares the cache with other rules, and with the best there can be, on recorded traces. Prints the tables of the
/// engine's README.
class ReplacementTest {
  private static final long SEED = 1;

  /// Shares of the hits, in percent.
  private record Comparison(Map<Replacement, Double> shares) {
    double of(Replacement rule) {
      return shares.getOrDefault(rule, 0.0);
    }
  }

  private static Comparison compare(String name, int[] trace) {
    int distinct = (int) Arrays.stream(trace).distinct().count();
    int blocks = distinct / 10;
    Map<Replacement, Double> shares = new EnumMap<>(Replacement.class);
    StringBuilder row = new StringBuilder("| " + name + " |");
    for (Replacement rule : Replacement.values()) {
      double share = 100.0 * rule.hits(trace, blocks) / trace.length;
      shares.put(rule, share);
      row.append(" %.1f %% |".formatted(share));
    }
    System.out.printf(
        Locale.ROOT, "ReplacementTest: %,d reads of %,d blocks%n", trace.length, distinct);
    System.out.println("ReplacementTest: | trace | " + Arrays.toString(Replacement.values()));
    Seeds.print(ReplacementTest.class, SEED, row.toString());
    return new Comparison(shares);
  }

  private static void assertBetweenLruAndOptimum(Comparison shares) {
    assertThat(shares.of(Replacement.CAR))
        .isLessThanOrEqualTo(shares.of(Replacement.OPTIMAL))
        .isGreaterThan(shares.of(Replacement.LRU));
  }

  @Test
  void aScanRunsThrough(@TempDir Path directory) throws IOException {
    Zipfian keys = new Zipfian(SEED, 0.99);
    try (BlockTrace trace = new BlockTrace(directory)) {
      for (int i = 0; i < 250_000; i++) {
        trace.get(keys.next());
        trace.scan(10);
      }
      Comparison shares = compare("frequent keys, and a scan that runs through", trace.recorded());
      assertBetweenLruAndOptimum(shares);
      assertThat(shares.of(Replacement.CAR)).isGreaterThan(shares.of(Replacement.LRU) + 3);
    }
  }

  @Test
  void whatIsFrequentChanges(@TempDir Path directory) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    try (BlockTrace trace = new BlockTrace(directory)) {
      for (int i = 0; i < 250_000; i++) {
        int start = i / 25_000 * (BlockTrace.KEYS / 10);
        boolean frequent = random.nextInt(10) < 8;
        trace.get(
            frequent
                ? start + random.nextInt(BlockTrace.KEYS / 15)
                : random.nextInt(BlockTrace.KEYS));
      }
      assertBetweenLruAndOptimum(compare("what is frequent changes", trace.recorded()));
    }
  }

  @Test
  void aLoopDoesNotFit(@TempDir Path directory) throws IOException {
    Zipfian keys = new Zipfian(SEED, 0.9);
    try (BlockTrace trace = new BlockTrace(directory)) {
      for (int i = 0; i < 60; i++) {
        trace.walk(0, BlockTrace.KEYS / 7);
        for (int read = 0; read < 2000; read++) {
          trace.get(keys.next());
        }
      }
      assertBetweenLruAndOptimum(compare("a loop that does not fit", trace.recorded()));
    }
  }
}
