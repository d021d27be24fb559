package io.lightningdb.client;

import java.util.Optional;

/** What came of one operation of a batch or an execution. Immutable. */
public final class OperationResult {
  private final EntryReader.Item item;

  OperationResult(EntryReader.Item item) {
    this.item = item;
  }

  /**
   * The version of the commit, of a write; that of the entry, of a get.
   *
   * @return the version; 0 for a get of no entry, and inside of a transaction, whose commit is to come
   */
  public long version() {
    return item.version();
  }

  /**
   * What a get read.
   *
   * @return the entry, if there is one
   */
  public Optional<Entry> entry() {
    return item.key() != null && item.hasValue() ? Optional.of(item.entry()) : Optional.empty();
  }

  /**
   * What an increment has come to.
   *
   * @return the new value of the counter
   * @throws IllegalStateException if this is not the result of an increment
   */
  public long counter() {
    if (item.key() != null || !item.hasValue()) {
      throw new IllegalStateException("this is not the result of an increment");
    }
    return item.counter();
  }

  /**
   * Why the operation failed by itself, in a batch that is not atomic.
   *
   * @return the problem, if it failed
   */
  public Optional<Problem> problem() {
    return Optional.ofNullable(item.problem());
  }
}
