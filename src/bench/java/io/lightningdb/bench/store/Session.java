package io.lightningdb.bench.store;

import org.jspecify.annotations.Nullable;

/// How one thread uses a store. *Confined to one thread.* Arrays passed in may be changed by the caller afterwards.
public interface Session extends AutoCloseable {
  /// Which way a scan goes.
  enum Direction {
    FORWARD,
    REVERSE
  }

  /// Reads the newest value that was acknowledged to anybody.
  ///
  /// @param key a key
  /// @return the value in an array of the caller's own, or null if there is none
  byte @Nullable [] get(byte[] key);

  /// Writes an entry, with the durability of the store.
  ///
  /// @param key a key
  /// @param value its value
  void put(byte[] key, byte[] value);

  /// Writes entries that become durable together or not at all.
  ///
  /// @param keys the keys
  /// @param values as many values
  void putAll(byte[][] keys, byte[][] values);

  /// Removes an entry, with the durability of the store.
  ///
  /// @param key a key
  void delete(byte[] key);

  /// Walks entries at one moment, ascending, and copies the key and the value of each to the heap.
  ///
  /// @param from the first key that may be met
  /// @param limit most entries
  /// @param sink is given each entry
  /// @return how many entries there were
  int scan(byte[] from, int limit, EntrySink sink);

  /// Walks all entries at one moment and copies the key and the value of each to the heap.
  ///
  /// @param direction which way
  /// @param sink is given each entry
  /// @return how many entries there were
  int scanAll(Direction direction, EntrySink sink);

  @Override
  void close();
}
