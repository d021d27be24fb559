package io.lightningdb.engine.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Tasks that run at the same time, each on a thread of its own. *Confined to one thread*, but for [#isWorking].
///
/// Workers have an end of their own; companions go on for as long as [#isWorking] tells them.
public final class Crew {
  private static final long SECONDS_MAX = 60;

  private final List<Task> workers = new ArrayList<>();
  private final List<Task> companions = new ArrayList<>();
  private final AtomicInteger working = new AtomicInteger();

  /// Work that may fail.
  @FunctionalInterface
  public interface Task {
    /// Does the work.
    ///
    /// @throws Exception if it fails, and the test with it
    void run() throws Exception;
  }

  /// Makes an empty crew.
  public Crew() {}

  /// Adds a task with an end.
  ///
  /// @param task the task
  /// @return this crew
  public Crew worker(Task task) {
    workers.add(task);
    return this;
  }

  /// Adds a task that is repeated until all workers are done.
  ///
  /// @param task one round of it
  /// @return this crew
  public Crew companion(Task task) {
    companions.add(task);
    return this;
  }

  /// Tells whether a worker still works.
  ///
  /// @return false once all are done
  public boolean isWorking() {
    return working.get() > 0;
  }

  /// Gives other tasks the processor, so that they come in between: on a machine with few processors they seldom would.
  @SuppressWarnings("ThreadPriorityCheck") // Nothing depends on it but how much a test sees.
  public static void letOthersGoOn() {
    Thread.yield();
  }

  /// Starts everybody and waits for all.
  ///
  /// @throws Exception the first failure of any task
  public void run() throws Exception {
    working.set(workers.size());
    List<Future<?>> futures = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      for (Task worker : workers) {
        futures.add(threads.submit(() -> work(worker)));
      }
      for (Task companion : companions) {
        futures.add(threads.submit(() -> accompany(companion)));
      }
      for (Future<?> future : futures) {
        await(future);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Void work(Task worker) throws Exception {
    try {
      worker.run();
    } finally {
      working.decrementAndGet();
    }
    return null;
  }

  private Void accompany(Task companion) throws Exception {
    do {
      companion.run();
    } while (isWorking());
    return null;
  }

  private static void await(Future<?> future) throws Exception {
    try {
      future.get(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("a task takes longer than " + SECONDS_MAX + " s", e);
    }
  }
}
