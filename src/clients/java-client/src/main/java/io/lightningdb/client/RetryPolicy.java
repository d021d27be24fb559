package io.lightningdb.client;

import java.time.Duration;

/**
 * How often, and after which pauses, a call is sent again. Immutable.
 *
 * <p>A call is sent again only where that is safe. What the service has refused for certain (429, 503 and 409 with {@code retryable}) was
 * not done, so it is sent again whatever it is. After a lost answer a call is sent again if doing it twice is the same as doing it once:
 * reads, writes without a condition, and what carries an idempotency key, which increments, atomic batches, executions and commits always do.
 * A write with a condition is not: it ends with a {@link ConnectionException} that says that the outcome is unknown.
 *
 * <p>The pause before attempt n is a random part of {@code pauseMin} times 2 to the power of n, up to {@code pauseMax}; where the service
 * says {@code Retry-After}, that comes on top. A pause that would go beyond {@code timeMax} is not begun: the last failure is thrown.
 *
 * @param attemptsMax how often a call is sent at most, from 1 (never again)
 * @param pauseMin the unit of pauses, above zero
 * @param pauseMax the longest random pause
 * @param timeMax how long after the first attempt another one may begin
 */
public record RetryPolicy(int attemptsMax, Duration pauseMin, Duration pauseMax, Duration timeMax) {
  private static final int DOUBLINGS_MAX = 20;

  /** 6 attempts, pauses from 50 ms to 2 s, for 30 s. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(6, Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofSeconds(30));

  /** Each call is sent once. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO);

  /** Checks the ranges. */
  public RetryPolicy {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("attemptsMax is " + attemptsMax + ", not 1 or more");
    }
    if (pauseMin.isNegative() || pauseMin.isZero() || pauseMax.compareTo(pauseMin) < 0) {
      throw new IllegalArgumentException(
          "pauseMin is " + pauseMin + " and pauseMax " + pauseMax + ", not above zero in order");
    }
    if (timeMax.isNegative()) {
      throw new IllegalArgumentException("timeMax is " + timeMax + ", not zero or more");
    }
  }

  /** The longest pause that is drawn before an attempt, counted from 1 for the first one that is sent again. */
  Duration pauseMax(int repetition) {
    Duration doubled = pauseMin.multipliedBy(1L << Math.min(repetition, DOUBLINGS_MAX));
    return doubled.compareTo(pauseMax) < 0 ? doubled : pauseMax;
  }
}
