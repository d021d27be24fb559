package io.lightningdb.engine.testkit;

import io.lightningdb.engine.io.Workers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// Background work on the caller's thread, so that one seed gives one schedule.
///
/// *Confined to one thread.* A wake runs the task before it returns; a wake from inside a task runs its task after that
/// one, never within it. Periods pass when a test calls [#tick].
public final class CallerWorkers implements Workers {
  private final List<CallerWorker> workers = new ArrayList<>();
  private final Queue<CallerWorker> woken = new ArrayDeque<>();
  private boolean running;
  private boolean paused;

  /// Makes a starter without any worker.
  public CallerWorkers() {}

  @Override
  public Worker start(String name, Runnable task, long periodNanos) {
    CallerWorker worker = new CallerWorker(task, periodNanos > 0);
    workers.add(worker);
    return worker;
  }

  /// Lets one period pass for every worker that has one.
  public void tick() {
    for (CallerWorker worker : List.copyOf(workers)) {
      if (worker.periodic) {
        worker.wake();
      }
    }
  }

  /// Holds back all work until [#resume], as a machine does whose other core is busy.
  public void pause() {
    paused = true;
  }

  /// Does the work that was held back.
  public void resume() {
    paused = false;
    runWoken();
  }

  private void runWoken() {
    if (running || paused) {
      return;
    }
    running = true;
    try {
      for (CallerWorker next = woken.poll(); next != null; next = woken.poll()) {
        next.task.run();
      }
    } finally {
      running = false;
    }
  }

  private final class CallerWorker implements Worker {
    private final Runnable task;
    private final boolean periodic;

    CallerWorker(Runnable task, boolean periodic) {
      this.task = task;
      this.periodic = periodic;
    }

    @Override
    public void wake() {
      if (workers.contains(this) && !woken.contains(this)) {
        woken.add(this);
      }
      runWoken();
    }

    @Override
    public void close() {
      workers.remove(this);
      woken.remove(this);
    }
  }
}
