package io.lightningdb.engine.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Writes a history down. *Thread-safe*; a draft is confined to one thread.
final class Recorder {
  private final AtomicLong ticks = new AtomicLong();
  private final AtomicLong values = new AtomicLong();
  private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();

  /// A value that was never written before.
  long freshValue() {
    return values.incrementAndGet();
  }

  /// Begins a transaction: to be called before the database hears of it.
  Draft begin() {
    return new Draft();
  }

  /// What was recorded; nobody may be recording any more.
  List<Attempt> history() {
    List<Attempt> history = new ArrayList<>();
    attempts.stream()
        .sorted(Comparator.comparingLong(Attempt::invoked))
        .forEach(attempt -> history.add(attempt.withNumber(history.size())));
    return history;
  }

  /// A transaction on its way.
  final class Draft {
    private final long invoked = ticks.getAndIncrement();
    private final List<Action> actions = new ArrayList<>();

    /// Notes what was done.
    void add(Action action) {
      actions.add(action);
    }

    /// Ends it: to be called after the answer of the database.
    void end(Attempt.Outcome outcome) {
      long completed =
          outcome == Attempt.Outcome.UNKNOWN ? Long.MAX_VALUE : ticks.getAndIncrement();
      attempts.add(new Attempt(0, invoked, completed, outcome, List.copyOf(actions)));
    }
  }
}
