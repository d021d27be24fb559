package io.lightningdb.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/// Compares what is charged for with what is on the heap.
public final class LiveHeap {
  private static final long BYTES_MIN = 20_000_000;

  private LiveHeap() {}

  /// What is reachable.
  ///
  /// @return in bytes, the least of some collections
  public static long bytes() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  /// Fails unless as much as is charged is held, give or take three tenths.
  ///
  /// @param what is held
  /// @param heldBytes how much more is on the heap than before, at least 20 MB
  /// @param chargedBytes how much more is charged than before
  public static void isCharged(String what, long heldBytes, long chargedBytes) {
    double ratio = (double) chargedBytes / heldBytes;
    System.out.printf("%s: charged %,d of %,d held: %.2f%n", what, chargedBytes, heldBytes, ratio);
    assertThat(heldBytes).as("held by %s", what).isGreaterThan(BYTES_MIN);
    assertThat(ratio).as("charged / held by %s", what).isBetween(0.77, 1.3);
  }
}
