package io.lightningdb.engine.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Counts what the thread of a test allocates.
public final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocations() {}

  /// Work to be measured.
  @FunctionalInterface
  public interface Work {
    /// Does it.
    ///
    /// @throws Exception whatever it likes
    void run() throws Exception;
  }

  /// Does something and tells what it allocated of the heap on this thread.
  ///
  /// @param work what to do
  /// @return in bytes
  /// @throws Exception if the work threw it
  public static long during(Work work) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
