package io.lightningdb.engine.transaction;

import java.util.List;

/// A transaction was chosen to give way: with its wait, each of some transactions would have waited for the next.
public final class DeadlockException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Identifiers of the transactions, each waiting for the next, the last for the first.
  private final transient List<Long> cycle;

  DeadlockException(List<Long> cycle) {
    super("transactions " + cycle + " wait for each other in a circle");
    this.cycle = List.copyOf(cycle);
  }

  /// Who waits for whom.
  ///
  /// @return each waits for the next, the last for the first
  public List<Long> cycle() {
    return cycle;
  }
}
