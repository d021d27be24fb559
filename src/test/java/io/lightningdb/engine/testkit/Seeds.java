package io.lightningdb.engine.testkit;

import java.security.SecureRandom;
import java.util.stream.LongStream;

/// Where random tests get their seeds, so that each prints them and each can be repeated.
///
/// `-Dtest.seed=N` runs one seed alone; `-Dtest.campaign=N` runs N times as many.
public final class Seeds {
  private static final SecureRandom FRESH = new SecureRandom();

  private Seeds() {}

  /// The seeds of a test: 1 to `rounds` times the campaign's factor, and a fresh one; or the one asked for.
  ///
  /// @param rounds how many fixed seeds an ordinary run uses
  /// @return the seeds
  public static LongStream rounds(int rounds) {
    Long asked = Long.getLong("test.seed");
    if (asked != null) {
      return LongStream.of(asked);
    }
    long count = (long) rounds * campaign();
    return LongStream.concat(LongStream.rangeClosed(1, count), LongStream.of(fresh()));
  }

  /// One seed: the one asked for, or a fresh one.
  ///
  /// @return the seed, which the caller prints
  public static long one() {
    Long asked = Long.getLong("test.seed");
    return asked == null ? fresh() : asked;
  }

  /// How many times longer than usual the random tests run.
  ///
  /// @return 1 or more
  public static int campaign() {
    return Math.max(1, Integer.getInteger("test.campaign", 1));
  }

  /// Prints what a reader needs to repeat a test.
  ///
  /// @param test the test's class
  /// @param seed its seed
  /// @param facts what else is worth knowing, such as how many faults were injected
  public static void print(Class<?> test, long seed, String facts) {
    System.out.printf(
        "%s: %s (repeat with -Dtest=%s -Dtest.seed=%d)%n",
        test.getSimpleName(), facts, test.getSimpleName(), seed);
  }

  private static long fresh() {
    return FRESH.nextInt(Integer.MAX_VALUE);
  }
}
