package io.lightningdb.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Counts the attempts of one call and waits between them. Not thread-safe. */
final class Attempts {
  private final RetryPolicy policy;
  private final Pause pause;
  private final long startNanos;
  private int made = 1;

  /** How a thread waits; tests wait otherwise. */
  interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  Attempts(RetryPolicy policy, Pause pause) {
    this.policy = policy;
    this.pause = pause;
    this.startNanos = System.nanoTime();
  }

  /**
   * Waits before another attempt.
   *
   * @param failure of the attempt before, thrown if there must be no other
   * @param retryAfter what the service asks to wait
   */
  void next(LightningException failure, Duration retryAfter) {
    if (made >= policy.attemptsMax()) {
      throw failure;
    }
    long nanosMax = policy.pauseMax(made).toNanos();
    Duration time = retryAfter.plusNanos(ThreadLocalRandom.current().nextLong(nanosMax + 1));
    Duration spent = Duration.ofNanos(System.nanoTime() - startNanos);
    if (spent.plus(time).compareTo(policy.timeMax()) > 0) {
      throw failure;
    }
    made++;
    try {
      pause.of(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
      throw failure;
    }
  }
}
