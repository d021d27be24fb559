package io.lightningdb.engine.history;

import io.lightningdb.engine.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What one keyspace and the transactions on it must look like, worked out the simplest way. *Confined to one thread.*
final class TransactionModel {
  private final List<Commit> commits = new ArrayList<>();
  private NavigableMap<byte[], Cell> content = emptyContent();

  /// What is under a key.
  ///
  /// @param value the value
  /// @param version version of its commit, 0 if a transaction wrote it that has not committed
  record Cell(byte[] value, long version) {}

  /// A stretch of keys.
  ///
  /// @param lower first key
  /// @param upper first key behind, empty for no end
  record Span(byte[] lower, byte[] upper) {
    static Span of(byte[] key) {
      return new Span(key, Arrays.copyOf(key, key.length + 1));
    }

    boolean isEmpty() {
      return upper.length > 0 && Arrays.compareUnsigned(lower, upper) >= 0;
    }

    boolean contains(byte[] key) {
      return Arrays.compareUnsigned(key, lower) >= 0
          && (upper.length == 0 || Arrays.compareUnsigned(key, upper) < 0);
    }

    boolean overlaps(Span other) {
      return !isEmpty()
          && !other.isEmpty()
          && (other.upper.length == 0 || Arrays.compareUnsigned(lower, other.upper) < 0)
          && (upper.length == 0 || Arrays.compareUnsigned(other.lower, upper) < 0);
    }

    Range range() {
      return upper.length == 0 ? Range.from(lower) : Range.between(lower, upper);
    }
  }

  private record Commit(long version, List<Span> changed) {}

  static NavigableMap<byte[], Cell> emptyContent() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  static NavigableMap<byte[], Cell> copy(NavigableMap<byte[], Cell> content) {
    return new TreeMap<>(content);
  }

  /// What is committed now.
  NavigableMap<byte[], Cell> content() {
    return copy(content);
  }

  static void removeAll(NavigableMap<byte[], Cell> content, Span span) {
    content.keySet().removeIf(span::contains);
  }

  /// Commits what a change does to the content.
  void commit(long version, List<Span> changed, Iterable<Write> writes) {
    commits.add(new Commit(version, changed));
    for (Write write : writes) {
      write.applyTo(content, version);
    }
  }

  /// Tells whether anything was changed after a version where somebody has looked or written.
  boolean isChangedSince(long version, List<Span> footprint) {
    return commits.stream()
        .filter(commit -> commit.version() > version)
        .flatMap(commit -> commit.changed().stream())
        .anyMatch(changed -> footprint.stream().anyMatch(changed::overlaps));
  }

  /// A write.
  sealed interface Write {
    void applyTo(NavigableMap<byte[], Cell> content, long version);

    Span span();
  }

  record Put(byte[] key, byte[] value) implements Write {
    @Override
    public void applyTo(NavigableMap<byte[], Cell> content, long version) {
      content.put(key, new Cell(value, version));
    }

    @Override
    public Span span() {
      return Span.of(key);
    }
  }

  record Delete(byte[] key) implements Write {
    @Override
    public void applyTo(NavigableMap<byte[], Cell> content, long version) {
      content.remove(key);
    }

    @Override
    public Span span() {
      return Span.of(key);
    }
  }

  record DeleteRange(Span span) implements Write {
    @Override
    public void applyTo(NavigableMap<byte[], Cell> content, long version) {
      removeAll(content, span);
    }
  }
}
