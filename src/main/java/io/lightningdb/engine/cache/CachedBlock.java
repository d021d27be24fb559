package io.lightningdb.engine.cache;

import org.jspecify.annotations.Nullable;

/// A block that is held, or of which only is remembered that it was.
///
/// `content` is written under the lock of the cache and read without: what it leads to is immutable, so that a reader
/// sees either all of it or null. The mark is plain as well; one that is lost costs a block its second chance once.
final class CachedBlock<V> {
  final BlockSlots<V> file;
  final int number;
  final long bytes;

  // Null when the block is only remembered.
  @Nullable V content;

  // Whether the block was used since the clock last passed it.
  boolean referenced;

  // The list that it is in, and its neighbours there; guarded by the lock of the cache.
  @Nullable BlockList list;
  @Nullable CachedBlock<?> previous;
  @Nullable CachedBlock<?> next;

  /// A block that is not held yet.
  ///
  /// @param file the file that it belongs to
  /// @param number of the block in the file
  /// @param bytes what holding it costs
  CachedBlock(BlockSlots<V> file, int number, long bytes) {
    this.file = file;
    this.number = number;
    this.bytes = bytes;
  }

  /// Marks the block as used. Most of the time it is marked already, and then nothing is written.
  void touch() {
    if (!referenced) {
      referenced = true;
    }
  }
}
