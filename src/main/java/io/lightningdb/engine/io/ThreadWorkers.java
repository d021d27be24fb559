package io.lightningdb.engine.io;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Background work on platform threads, one a worker, as daemons with names.
public final class ThreadWorkers implements Workers {

  /// Makes a starter without any thread.
  public ThreadWorkers() {}

  @Override
  public Worker start(String name, Runnable task, long periodNanos) {
    ThreadWorker worker = new ThreadWorker(task, periodNanos);
    worker.thread = Thread.ofPlatform().name(name).daemon().start(worker::run);
    return worker;
  }

  /// A thread that sleeps until it is woken, its period is over, or it is closed.
  private static final class ThreadWorker implements Worker {
    private final Runnable task;
    private final long periodNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by `lock`.
    private boolean woken;
    private boolean closed;
    private Thread thread = Thread.currentThread();

    ThreadWorker(Runnable task, long periodNanos) {
      this.task = task;
      this.periodNanos = periodNanos;
    }

    void run() {
      while (awaitWork()) {
        task.run();
      }
    }

    private boolean awaitWork() {
      lock.lock();
      try {
        long remaining = periodNanos == 0 ? Long.MAX_VALUE : periodNanos;
        while (!woken && !closed && remaining > 0) {
          remaining = changed.awaitNanos(remaining);
        }
      } catch (InterruptedException _) {
        // Only `close` ends this thread, and it does so by `closed`: a stray interrupt is
        // only a wake.
      } finally {
        lock.unlock();
      }
      return takeWake();
    }

    private boolean takeWake() {
      lock.lock();
      try {
        woken = false;
        return !closed;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void wake() {
      lock.lock();
      try {
        woken = true;
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        changed.signal();
      } finally {
        lock.unlock();
      }
      joinUninterruptibly();
    }

    private void joinUninterruptibly() {
      boolean interrupted = false;
      while (thread != Thread.currentThread()) {
        try {
          thread.join();
          break;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
