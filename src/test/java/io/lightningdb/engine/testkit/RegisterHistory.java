package io.lightningdb.engine.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Reads and writes of one key by several threads, and whether some order of them explains every answer.
///
/// *Thread-safe.* Versions give the order of the writes, and each read names the write that it saw. So the history is
/// linearizable if and only if no operation that began after another ended saw or made an earlier version, and nobody saw
/// a write before it began. A write must make a later version than everything that ended before it, a read must see a
/// version at least as late.
public final class RegisterHistory {
  private final AtomicLong time = new AtomicLong();
  private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();

  private record Operation(boolean isWrite, long began, long ended, long version) {}

  /// Makes an empty history.
  public RegisterHistory() {}

  /// Runs a write and records it.
  ///
  /// @param write returns its version
  public void write(LongSupplier write) {
    record(true, write);
  }

  /// Runs a read and records it.
  ///
  /// @param read returns the version it saw
  public void read(LongSupplier read) {
    record(false, read);
  }

  private void record(boolean isWrite, LongSupplier operation) {
    long began = time.incrementAndGet();
    long version = operation.getAsLong();
    operations.add(new Operation(isWrite, began, time.incrementAndGet(), version));
  }

  /// Looks for an answer that no order explains.
  ///
  /// @return a description of the first one
  public Optional<String> violation() {
    return readBeforeItsWrite().or(this::stepBack);
  }

  private Optional<String> readBeforeItsWrite() {
    List<Operation> writes = operations.stream().filter(Operation::isWrite).toList();
    for (Operation read : operations) {
      for (Operation write : writes) {
        if (!read.isWrite() && write.version() == read.version() && write.began() > read.ended()) {
          return Optional.of(read + " saw the later " + write);
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> stepBack() {
    List<Operation> byBegin = new ArrayList<>(operations);
    byBegin.sort(Comparator.comparingLong(Operation::began));
    List<Operation> byEnd = new ArrayList<>(operations);
    byEnd.sort(Comparator.comparingLong(Operation::ended));
    int ended = 0;
    long least = 0;
    for (Operation operation : byBegin) {
      while (byEnd.get(ended).ended() < operation.began()) {
        least = Math.max(least, byEnd.get(ended).version());
        ended++;
      }
      if (operation.isWrite() ? operation.version() <= least : operation.version() < least) {
        return Optional.of(operation + " began after an operation on version " + least + " ended");
      }
    }
    return Optional.empty();
  }
}
