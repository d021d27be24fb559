package io.lightningdb.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.io.Workers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallerWorkersTest {
  private final CallerWorkers workers = new CallerWorkers();
  private final List<String> done = new ArrayList<>();

  @Test
  void aWakeRunsTheTaskBeforeItReturns() {
    Workers.Worker worker = workers.start("a", () -> done.add("a"), 0);
    assertThat(done).isEmpty();
    worker.wake();
    assertThat(done).containsExactly("a");
  }

  @Test
  void aWakeFromWithinATaskRunsAfterItAndOnce() {
    Workers.Worker other = workers.start("other", () -> done.add("other"), 0);
    Workers.Worker worker =
        workers.start(
            "a",
            () -> {
              other.wake();
              other.wake();
              done.add("a");
            },
            0);
    worker.wake();
    assertThat(done).containsExactly("a", "other");
  }

  @Test
  void aTaskThatWakesItselfRunsAgainWithoutRecursion() {
    List<Workers.Worker> self = new ArrayList<>();
    Runnable task =
        () -> {
          done.add("in");
          if (done.size() < 6) {
            self.getFirst().wake();
          }
          done.add("out");
        };
    self.add(workers.start("a", task, 0));
    self.getFirst().wake();
    assertThat(done).containsExactly("in", "out", "in", "out", "in", "out", "in", "out");
  }

  @Test
  void onlyPeriodicTasksRunOnATick() {
    workers.start("periodic", () -> done.add("periodic"), 1);
    workers.start("woken", () -> done.add("woken"), 0);
    workers.tick();
    assertThat(done).containsExactly("periodic");
  }

  @Test
  void pausedWorkIsDoneOnResume() {
    Workers.Worker worker = workers.start("a", () -> done.add("a"), 0);
    workers.pause();
    worker.wake();
    worker.wake();
    assertThat(done).isEmpty();
    workers.resume();
    assertThat(done).containsExactly("a");
  }

  @Test
  void aClosedWorkerRunsNoMore() {
    Workers.Worker worker = workers.start("a", () -> done.add("a"), 1);
    workers.pause();
    worker.wake();
    worker.close();
    worker.close();
    workers.resume();
    worker.wake();
    workers.tick();
    assertThat(done).isEmpty();
  }
}
