package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// Lets increments of the same counter come one after the other, in the order of their arrival. Without this they would
/// overtake each other again and again, and the unlucky ones would never get through. What counts is still settled by
/// the conditions of the commit: these locks keep no other writer from writing.
///
/// *Thread-safe.* Keys share a bounded number of locks, which are always taken in the same order.
@Component
public final class CounterLocks {
  private static final int COUNT = 256;

  private final List<ReentrantLock> locks =
      Stream.generate(() -> new ReentrantLock(true)).limit(COUNT).toList();
  private final Duration waitMax;

  /// Called by Spring.
  ///
  /// @param settings has the longest wait of a write, a little more than which is the longest wait for one lock
  CounterLocks(LightningProperties settings) {
    this.waitMax = settings.writeWaitMax().plusSeconds(1);
  }

  /// Does something while no other increment of the same counters runs.
  ///
  /// @param <T> what is done
  /// @param keyspace where the counters are
  /// @param operations increments among others
  /// @param work what to do
  /// @return what it returned
  /// @throws io.lightningdb.server.problem.ProblemException if others held the counters for too long
  <T> T holding(Keyspace keyspace, List<Operation> operations, Supplier<T> work) {
    String name = keyspace.name();
    return holding(operations.stream().map(each -> new ExecuteRequest.Step(name, each)), work);
  }

  /// Does something while no other increment of the same counters runs.
  ///
  /// @param <T> what is done
  /// @param steps increments among others
  /// @param work what to do
  /// @return what it returned
  /// @throws io.lightningdb.server.problem.ProblemException if others held the counters for too long
  public <T> T holding(Stream<ExecuteRequest.Step> steps, Supplier<T> work) {
    int[] stripes =
        steps
            .filter(step -> step.operation() instanceof Operation.Increment)
            .mapToInt(CounterLocks::stripe)
            .sorted()
            .distinct()
            .toArray();
    return stripes.length == 0 ? work.get() : holding(stripes, work);
  }

  private static int stripe(ExecuteRequest.Step step) {
    int keyHash = Arrays.hashCode(step.operation().key());
    return Math.floorMod(31 * step.keyspace().hashCode() + keyHash, COUNT);
  }

  private <T> T holding(int[] stripes, Supplier<T> work) {
    Deque<ReentrantLock> held = new ArrayDeque<>();
    try {
      IntStream.of(stripes).mapToObj(locks::get).forEach(lock -> held.push(take(lock)));
      return work.get();
    } finally {
      held.forEach(ReentrantLock::unlock);
    }
  }

  private ReentrantLock take(ReentrantLock lock) {
    try {
      if (lock.tryLock(waitMax.toNanos(), TimeUnit.NANOSECONDS)) {
        return lock;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    throw Problem.of(ProblemType.CONFLICT, "Other increments of the counter took too long.")
        .asException();
  }
}
