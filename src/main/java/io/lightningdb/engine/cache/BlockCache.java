package io.lightningdb.engine.cache;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Holds parsed blocks within a bound in bytes. *Thread-safe.*
///
/// Blocks enter on the *recency* side. One that is used again moves to the *frequency* side when the clock passes it.
/// Of blocks let go, each side remembers which they were, for as many bytes as the cache holds: a miss of a block that
/// one side remembers says that this side was too small, and moves the target. A scan that touches everything once
/// therefore passes through the recency side and leaves the rest alone.
///
/// This is CAR, with bytes in the place of pages. The bound holds at every moment, and covers the slots of the files
/// and what is remembered as well.
public class BlockCache {
  /// What a block costs beside its content: its entry here.
  static final int BLOCK_OVERHEAD_BYTES = 64;

  /// A block greater than this share of the cache is not kept: it would drive out too much.
  private static final int BLOCK_SHARE_MAX = 4;

  // Second chances given in one go. Beyond it the next block goes, used or not, so that no miss
  // waits
  // for a clock that has to pass everything.
  private static final int SWEEP_MAX = 1000;

  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  // Guarded by the lock from here on.
  private final BlockList recency = new BlockList();
  private final BlockList frequency = new BlockList();
  private final BlockList recencyGhosts = new BlockList();
  private final BlockList frequencyGhosts = new BlockList();
  private long bytesMax;
  private long slotBytes;
  private long recencyTarget;
  private long evictions;
  private long recencyGhostHits;
  private long frequencyGhostHits;

  /// Makes an empty cache.
  ///
  /// @param bytesMax the bound, in bytes; 0 for a cache that keeps nothing
  public BlockCache(long bytesMax) {
    this.bytesMax = Math.max(0, bytesMax);
  }

  /// Makes room for the blocks of a file.
  ///
  /// @param blocks number of blocks
  /// @param <V> what its blocks are parsed to
  /// @return empty; to be closed with the file
  public <V> BlockSlots<V> slots(int blocks) {
    BlockSlots<V> opened = new BlockSlots<>(this, blocks);
    lock.lock();
    try {
      slotBytes += opened.bytes();
      makeRoom(0);
    } finally {
      lock.unlock();
    }
    return opened;
  }

  void countHit() {
    hits.increment();
  }

  void countMiss() {
    misses.increment();
  }

  <V> V put(BlockSlots<V> file, int number, V content, long contentBytes) {
    long bytes = contentBytes + BLOCK_OVERHEAD_BYTES;
    lock.lock();
    try {
      if (file.isClosed() || bytes > bytesMax / BLOCK_SHARE_MAX) {
        return content;
      }
      CachedBlock<V> known = file.find(number);
      if (known != null && known.content != null) {
        known.touch();
        return known.content;
      }
      keep(new CachedBlock<>(file, number, bytes), content, known);
      return content;
    } finally {
      lock.unlock();
    }
  }

  /// Takes a block in, on the side that it belongs to.
  ///
  /// @param ghost the same block as it is remembered, if it is
  private <V> void keep(CachedBlock<V> block, V content, @Nullable CachedBlock<V> ghost) {
    if (ghost != null) {
      adapt(ghost);
      forget(ghost);
    }
    long needed = block.bytes + BlockSlots.CHUNK_BYTES;
    makeRoom(needed);
    if (used() + needed <= bytesMax) {
      block.content = content;
      (ghost == null ? recency : frequency).add(block);
      slotBytes += block.file.set(block);
    }
  }

  private long used() {
    return recency.bytes()
        + frequency.bytes()
        + (long) (recencyGhosts.count() + frequencyGhosts.count()) * BLOCK_OVERHEAD_BYTES
        + slotBytes;
  }

  /// What blocks may take up, less what the slots do.
  private long capacity() {
    return Math.max(0, bytesMax - slotBytes);
  }

  /// A remembered block is wanted: its side was too small.
  private void adapt(CachedBlock<?> ghost) {
    if (ghost.list == recencyGhosts) {
      recencyGhostHits++;
      recencyTarget =
          Math.min(recencyTarget + step(ghost, recencyGhosts, frequencyGhosts), capacity());
    } else {
      frequencyGhostHits++;
      recencyTarget = Math.max(recencyTarget - step(ghost, frequencyGhosts, recencyGhosts), 0);
    }
  }

  /// The less a side remembers, the more it says that it was asked for.
  private static long step(CachedBlock<?> ghost, BlockList own, BlockList other) {
    double weight = (double) other.bytes() / (double) own.bytes();
    return Math.round((double) ghost.bytes * Math.max(1, weight));
  }

  private void makeRoom(long bytes) {
    while (used() + bytes > bytesMax && recency.count() + frequency.count() > 0) {
      evict();
    }
    trimGhosts(bytes);
  }

  /// The recency side and what it remembers stay within the cache's size, all together within twice of it.
  private void trimGhosts(long bytes) {
    while (recencyGhosts.count() > 0
        && recency.bytes() + recencyGhosts.bytes() + bytes > capacity()) {
      forgetOldest(recencyGhosts);
    }
    long held = recency.bytes() + frequency.bytes() + bytes;
    while (frequencyGhosts.count() > 0
        && held + recencyGhosts.bytes() + frequencyGhosts.bytes() > 2 * capacity()) {
      forgetOldest(frequencyGhosts);
    }
    while (used() + bytes > bytesMax && frequencyGhosts.count() + recencyGhosts.count() > 0) {
      forgetOldest(frequencyGhosts.count() > 0 ? frequencyGhosts : recencyGhosts);
    }
  }

  private void forgetOldest(BlockList ghosts) {
    CachedBlock<?> oldest = ghosts.oldest();
    if (oldest != null) {
      forget(oldest);
    }
  }

  private void forget(CachedBlock<?> block) {
    BlockList list = block.list;
    if (list != null) {
      list.remove(block);
    }
    slotBytes -= block.file.clear(block.number);
  }

  /// Lets the clock go on until one block has gone.
  private void evict() {
    for (int passed = 0; ; passed++) {
      boolean fromRecency =
          recency.count() > 0 && (frequency.count() == 0 || recency.bytes() >= recencyTarget);
      BlockList side = fromRecency ? recency : frequency;
      CachedBlock<?> hand = side.oldest();
      if (hand == null) {
        return;
      }
      side.remove(hand);
      if (!hand.referenced || passed >= SWEEP_MAX) {
        hand.content = null;
        hand.referenced = false;
        (fromRecency ? recencyGhosts : frequencyGhosts).add(hand);
        evictions++;
        return;
      }
      hand.referenced = false;
      frequency.add(hand);
    }
  }

  <V> void close(BlockSlots<V> file) {
    lock.lock();
    try {
      if (file.isClosed()) {
        return;
      }
      file.end();
      slotBytes -= file.bytes();
      for (int number = 0; number < file.length(); number++) {
        CachedBlock<V> block = file.find(number);
        if (block != null) {
          forget(block);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Sets another bound; what does not fit goes at once.
  ///
  /// @param bytes the bound, in bytes
  public void resize(long bytes) {
    lock.lock();
    try {
      bytesMax = Math.max(0, bytes);
      recencyTarget = Math.min(recencyTarget, capacity());
      makeRoom(0);
    } finally {
      lock.unlock();
    }
  }

  /// What the cache holds and how it does.
  ///
  /// @return the figures of this moment
  public CacheFigures figures() {
    lock.lock();
    try {
      return new CacheFigures(
          used(),
          bytesMax,
          recency.count() + frequency.count(),
          hits.sum(),
          misses.sum(),
          evictions,
          recency.bytes(),
          recencyTarget,
          recencyGhostHits,
          frequencyGhostHits);
    } finally {
      lock.unlock();
    }
  }
}
