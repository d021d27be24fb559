package io.lightningdb.engine.cache;

import org.jspecify.annotations.Nullable;

/// Blocks in the order in which they came, oldest first. *Confined to the holder of the cache's lock.*
final class BlockList {
  private @Nullable CachedBlock<?> oldest;
  private @Nullable CachedBlock<?> newest;
  private long bytes;
  private int count;

  long bytes() {
    return bytes;
  }

  int count() {
    return count;
  }

  @Nullable CachedBlock<?> oldest() {
    return oldest;
  }

  /// Adds a block that is in no list.
  void add(CachedBlock<?> block) {
    CachedBlock<?> last = newest;
    block.list = this;
    block.previous = last;
    if (last == null) {
      oldest = block;
    } else {
      last.next = block;
    }
    newest = block;
    bytes += block.bytes;
    count++;
  }

  /// Takes a block of this list out.
  void remove(CachedBlock<?> block) {
    CachedBlock<?> before = block.previous;
    CachedBlock<?> after = block.next;
    if (before == null) {
      oldest = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.previous = before;
    }
    block.previous = null;
    block.next = null;
    block.list = null;
    bytes -= block.bytes;
    count--;
  }
}
