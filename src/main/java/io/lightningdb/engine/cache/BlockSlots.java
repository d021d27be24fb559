package io.lightningdb.engine.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The blocks of one open file that the cache holds or remembers, by their numbers. *Thread-safe.*
///
/// Slots stand in chunks that come and go with their blocks, so that they take memory in proportion to the cache and
/// not to the file.
///
/// @param <V> what a block was parsed to; immutable, all its fields final
public final class BlockSlots<V> implements AutoCloseable {
  private static final int CHUNK_BITS = 6;
  private static final int CHUNK_SLOTS = 1 << CHUNK_BITS;

  // An array of references, its header, and one place for the count of its blocks.
  static final int CHUNK_BYTES = 4 * CHUNK_SLOTS + 16 + 4;

  private static final VarHandle CHUNK = MethodHandles.arrayElementVarHandle(CachedBlock[][].class);
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(CachedBlock[].class);

  private final BlockCache cache;

  // Written under the lock of the cache, read by anybody.
  private final @Nullable CachedBlock<?>[] @Nullable [] chunks;

  // Guarded by the lock of the cache: number of blocks in each chunk.
  private final byte[] filled;
  private boolean closed;

  BlockSlots(BlockCache cache, int blocks) {
    this.cache = cache;
    int count = (blocks + CHUNK_SLOTS - 1) >>> CHUNK_BITS;
    this.chunks = new CachedBlock<?>[count][];
    this.filled = new byte[count];
  }

  /// What a file costs for which nothing is kept.
  long bytes() {
    return 16 + 5L * chunks.length;
  }

  /// Finds a block that is held.
  ///
  /// @param number of the block, from 0
  /// @return its content, or null if the file has to be read
  public @Nullable V get(int number) {
    CachedBlock<V> block = find(number);
    V content = block == null ? null : block.content;
    if (block == null || content == null) {
      return null;
    }
    block.touch();
    cache.countHit();
    return content;
  }

  /// Looks at a block that is held, which does not count as use.
  ///
  /// @param number of the block, from 0
  /// @return its content, or null if the file has to be read
  public @Nullable V peek(int number) {
    CachedBlock<V> block = find(number);
    return block == null ? null : block.content;
  }

  /// Offers a block that [#get] did not find.
  ///
  /// @param number of the block, from 0
  /// @param content what it was parsed to
  /// @param bytes of memory that the content takes
  /// @return the content to use: this one, or that of a thread that was faster
  public V put(int number, V content, long bytes) {
    cache.countMiss();
    return cache.put(this, number, content, bytes);
  }

  /// Offers a block that was not asked for yet.
  ///
  /// @param number of the block, from 0
  /// @param content what it was parsed to
  /// @param bytes of memory that the content takes
  public void offer(int number, V content, long bytes) {
    cache.put(this, number, content, bytes);
  }

  /// The block in a slot, held or remembered.
  @SuppressWarnings("unchecked") // Only `set` writes slots, and takes blocks of this file only.
  @Nullable CachedBlock<V> find(int number) {
    @Nullable CachedBlock<?>[] chunk =
        (@Nullable CachedBlock<?>[]) CHUNK.getAcquire(chunks, number >>> CHUNK_BITS);
    return chunk == null
        ? null
        : (CachedBlock<V>) SLOT.getAcquire(chunk, number & (CHUNK_SLOTS - 1));
  }

  /// Fills an empty slot. For the holder of the cache's lock.
  ///
  /// @return bytes that this took: of a chunk, or none
  long set(CachedBlock<V> block) {
    int index = block.number >>> CHUNK_BITS;
    @Nullable CachedBlock<?>[] chunk = chunks[index];
    boolean first = chunk == null;
    if (chunk == null) {
      chunk = new CachedBlock<?>[CHUNK_SLOTS];
    }
    SLOT.setRelease(chunk, block.number & (CHUNK_SLOTS - 1), block);
    filled[index]++;
    if (first) {
      CHUNK.setRelease(chunks, index, chunk);
    }
    return first ? CHUNK_BYTES : 0;
  }

  /// Empties a slot. For the holder of the cache's lock.
  ///
  /// @return bytes that this gave back: of a chunk, or none
  long clear(int number) {
    int index = number >>> CHUNK_BITS;
    @Nullable CachedBlock<?>[] chunk = chunks[index];
    if (chunk == null) {
      return 0;
    }
    SLOT.setRelease(chunk, number & (CHUNK_SLOTS - 1), null);
    filled[index]--;
    if (filled[index] > 0) {
      return 0;
    }
    CHUNK.setRelease(chunks, index, null);
    return CHUNK_BYTES;
  }

  /// Number of slots, some of them perhaps beyond the last block.
  int length() {
    return chunks.length * CHUNK_SLOTS;
  }

  /// For the holder of the cache's lock.
  boolean isClosed() {
    return closed;
  }

  /// For the holder of the cache's lock: nothing is kept from now on.
  void end() {
    closed = true;
  }

  /// Gives the memory of all blocks back. Closing twice is allowed.
  @Override
  public void close() {
    cache.close(this);
  }
}
