package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// A transaction beside what it must answer. Every answer is compared. *Confined to one thread.*
final class ModeledTransaction {
  private final Transaction transaction;
  private final Keyspace keyspace;
  private final TransactionModel model;
  private final NavigableMap<byte[], TransactionModel.Cell> snapshot;
  private final List<TransactionModel.Write> writes = new ArrayList<>();
  private final List<TransactionModel.Span> reads = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private @Nullable Walk walk;

  private record Mark(Transaction.Savepoint savepoint, int writes) {}

  private record Walk(
      Scan scan,
      TransactionModel.Span span,
      boolean reversed,
      Deque<Map.Entry<byte[], TransactionModel.Cell>> expected,
      int place) {}

  ModeledTransaction(Transaction transaction, Keyspace keyspace, TransactionModel model) {
    this.transaction = transaction;
    this.keyspace = keyspace;
    this.model = model;
    this.snapshot = model.content();
  }

  private NavigableMap<byte[], TransactionModel.Cell> view() {
    NavigableMap<byte[], TransactionModel.Cell> view = TransactionModel.copy(snapshot);
    writes.forEach(write -> write.applyTo(view, 0));
    return view;
  }

  void get(byte[] key) {
    if (writes.stream().noneMatch(write -> write.span().contains(key))) {
      reads.add(TransactionModel.Span.of(key));
    }
    TransactionModel.Cell expected = view().get(key);
    Entry found = transaction.entry(keyspace, key);
    if (expected == null || found == null) {
      assertThat(found == null).isEqualTo(expected == null);
    } else {
      assertThat(found.value()).isEqualTo(expected.value());
      assertThat(found.version()).isEqualTo(expected.version());
    }
  }

  void write(TransactionModel.Write write) {
    switch (write) {
      case TransactionModel.Put(byte[] key, byte[] value) -> transaction.put(keyspace, key, value);
      case TransactionModel.Delete(byte[] key) -> transaction.delete(keyspace, key);
      case TransactionModel.DeleteRange(TransactionModel.Span span) ->
          transaction.deleteRange(keyspace, span.range());
    }
    if (!write.span().isEmpty()) {
      writes.add(write);
    }
  }

  void mark() {
    marks.add(new Mark(transaction.savepoint(), writes.size()));
  }

  /// Rolls back to one of the marks, counted modulo their number.
  void rollbackTo(int place) {
    if (marks.isEmpty()) {
      return;
    }
    int index = place % marks.size();
    Mark mark = marks.get(index);
    transaction.rollbackTo(mark.savepoint());
    writes.subList(mark.writes(), writes.size()).clear();
    marks.subList(index + 1, marks.size()).clear();
  }

  /// Opens a scan, or goes on with the one that is open.
  void walk(TransactionModel.Span span, boolean reversed, int steps) {
    Walk current = walk;
    if (current == null) {
      NavigableMap<byte[], TransactionModel.Cell> view = view();
      view.keySet().removeIf(key -> !span.contains(key));
      Range range = reversed ? span.range().reversed() : span.range();
      reads.add(new TransactionModel.Span(span.lower(), span.lower()));
      current =
          new Walk(
              transaction.scan(keyspace, range),
              span,
              reversed,
              new ArrayDeque<>((reversed ? view.descendingMap() : view).entrySet()),
              reads.size() - 1);
      walk = current;
    }
    boolean more = true;
    for (int i = 0; i < steps && more; i++) {
      more = step(current);
    }
    if (!more) {
      current.scan().close();
      walk = null;
    }
  }

  private boolean step(Walk current) {
    Map.Entry<byte[], TransactionModel.Cell> expected = current.expected().poll();
    TransactionModel.Span span = current.span();
    assertThat(current.scan().next()).isEqualTo(expected != null);
    if (expected == null) {
      reads.set(current.place(), span);
      return false;
    }
    byte[] key = expected.getKey();
    assertThat(current.scan().key()).isEqualTo(key);
    assertThat(current.scan().value()).isEqualTo(expected.getValue().value());
    assertThat(current.scan().version()).isEqualTo(expected.getValue().version());
    reads.set(
        current.place(),
        current.reversed()
            ? new TransactionModel.Span(key, span.upper())
            : new TransactionModel.Span(span.lower(), Arrays.copyOf(key, key.length + 1)));
    return true;
  }

  private List<TransactionModel.Span> written() {
    return writes.stream().map(TransactionModel.Write::span).toList();
  }

  /// Commits; it conflicts if and only if somebody has changed what it relies on. Returns whether it committed.
  boolean commit(Durability durability) {
    List<TransactionModel.Span> footprint = new ArrayList<>(written());
    if (transaction.options().isolation() == Isolation.SERIALIZABLE) {
      footprint.addAll(reads);
    }
    boolean conflict =
        !writes.isEmpty() && model.isChangedSince(transaction.snapshotVersion(), footprint);
    if (conflict) {
      assertThatThrownBy(() -> transaction.commit(durability))
          .isInstanceOf(EngineException.TransactionConflict.class);
    } else {
      long version = transaction.commit(durability);
      if (!writes.isEmpty()) {
        model.commit(version, written(), writes);
      }
    }
    ended();
    return !conflict;
  }

  void rollback() {
    transaction.rollback();
    ended();
  }

  private void ended() {
    Walk current = walk;
    if (current != null) {
      assertThatThrownBy(() -> current.scan().next()).isInstanceOf(EngineException.Closed.class);
      current.scan().close();
    }
  }
}
