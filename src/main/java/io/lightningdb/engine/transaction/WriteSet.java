package io.lightningdb.engine.transaction;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.MergingCursor;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.cursor.VisibleCursor;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.memtable.Memtable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The writes of a transaction, in order, and a memtable for each keyspace that shows what they come to. *Confined to one
/// thread at a time.*
///
/// In these memtables the place of a write in the order, raised above every version, stands for its version: so the
/// transaction's own writes hide what is committed, its own range deletions cover what is committed and its own earlier
/// writes, and a scan that was opened before a write does not see it.
public final class WriteSet {
  /// Own writes get versions from here on: greater than any that a commit can have.
  public static final long OWN_VERSIONS = 1L << 61;

  private static final long MEMTABLE_BYTES = 1 << 20;
  private static final int WRITE_OVERHEAD_BYTES = 16;

  private final List<Write> writes = new ArrayList<>();
  private final Map<Integer, Memtable> memtables = new HashMap<>();
  private long bytes;
  private long nextVersion = OWN_VERSIONS;

  /// Makes an empty set.
  public WriteSet() {}

  /// One write.
  public sealed interface Write {
    /// Where it goes.
    ///
    /// @return id of the keyspace
    int keyspaceId();

    /// What it adds to the size of the transaction.
    ///
    /// @return in bytes
    long bytes();
  }

  /// A key gets a value.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key
  /// @param value the value
  /// @param expiryMillis when it expires; [ExpiryTime#NEVER] if it does not
  public record Put(int keyspaceId, byte[] key, byte[] value, long expiryMillis) implements Write {
    @Override
    public long bytes() {
      return WRITE_OVERHEAD_BYTES + (long) key.length + storedValueBytes();
    }

    private boolean expires() {
      return expiryMillis != ExpiryTime.NEVER;
    }

    private int storedValueBytes() {
      return value.length + (expires() ? ExpiryTime.BYTES : 0);
    }

    private Memtable.Change toChange() {
      int stored = storedValueBytes();
      byte[] both = new byte[key.length + stored];
      System.arraycopy(key, 0, both, 0, key.length);
      if (expires()) {
        LittleEndian.putU64(both, key.length, expiryMillis);
      }
      System.arraycopy(value, 0, both, both.length - value.length, value.length);
      int kind = expires() ? Operation.PUT_EXPIRING : Operation.PUT;
      return new Memtable.Change(kind, both, 0, key.length, key.length, stored);
    }
  }

  /// A key loses its value.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key
  public record Delete(int keyspaceId, byte[] key) implements Write {
    @Override
    public long bytes() {
      return WRITE_OVERHEAD_BYTES + (long) key.length;
    }
  }

  /// All keys of a range lose their values.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param range not empty
  public record DeleteRange(int keyspaceId, KeyRange range) implements Write {
    @Override
    public long bytes() {
      byte[] upper = range.upper();
      return WRITE_OVERHEAD_BYTES
          + (long) range.lower().length
          + (upper == null ? 0 : upper.length);
    }
  }

  /// Adds a write.
  ///
  /// @param write the newest; its arrays are not changed afterwards
  public void add(Write write) {
    writes.add(write);
    bytes += write.bytes();
    show(write);
  }

  private void show(Write write) {
    Memtable memtable =
        memtables.computeIfAbsent(write.keyspaceId(), _ -> new Memtable(MEMTABLE_BYTES));
    long version = nextVersion++;
    switch (write) {
      case Put put -> memtable.apply(version, put.toChange());
      case Delete(_, byte[] key) ->
          memtable.apply(
              version, new Memtable.Change(Operation.DELETE, key, 0, key.length, key.length, 0));
      case DeleteRange(_, KeyRange range) -> memtable.deleteRange(version, range);
    }
  }

  /// Number of writes: a mark to come back to.
  ///
  /// @return a count
  public int size() {
    return writes.size();
  }

  /// Size of all writes.
  ///
  /// @return in bytes
  public long bytes() {
    return bytes;
  }

  /// The newest write.
  ///
  /// @return null if there is none
  public @Nullable Write last() {
    return writes.isEmpty() ? null : writes.getLast();
  }

  /// Tells whether the first writes are still those of an earlier moment.
  ///
  /// @param size what [#size] was then
  /// @param last what [#last] was then
  /// @return false if any of them was taken back meanwhile
  @SuppressWarnings("ReferenceEquality") // An equal write that came later is another one.
  public boolean startsWith(int size, @Nullable Write last) {
    return size <= writes.size() && (size == 0 || writes.get(size - 1) == last);
  }

  /// Takes back the writes behind a mark.
  ///
  /// @param size what [#size] was then
  public void truncate(int size) {
    writes.subList(size, writes.size()).clear();
    memtables.clear();
    bytes = 0;
    for (Write write : writes) {
      bytes += write.bytes();
      show(write);
    }
  }

  /// Goes through the writes in order.
  ///
  /// @param consumer gets each
  public void forEach(Consumer<Write> consumer) {
    writes.forEach(consumer);
  }

  /// What the writes say of a key.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key
  /// @param instantMillis the moment that the transaction reads at
  /// @return what was written, or null if the writes do not touch the key
  public @Nullable Own find(int keyspaceId, byte[] key, long instantMillis) {
    Memtable memtable = memtables.get(keyspaceId);
    if (memtable == null) {
      return null;
    }
    long covered = memtable.deletedRanges().covering(key, Long.MAX_VALUE);
    ReadMoment end = ReadMoment.of(Long.MAX_VALUE, instantMillis);
    Own found = memtable.find(key, Long.MAX_VALUE, covered, end, Own.PROJECTION);
    return found == null && covered > 0 ? Own.ABSENT : found;
  }

  /// What a transaction has written to a key.
  ///
  /// @param value the value, or null if it was deleted or has expired
  /// @param expiryMillis when it expires; [ExpiryTime#NEVER] if it does not
  public record Own(byte @Nullable [] value, long expiryMillis) {
    private static final Own ABSENT = new Own(null, ExpiryTime.NEVER);
    private static final Projection<Own> PROJECTION = new OfEntry();

    private static final class OfEntry implements Projection<Own> {
      @Override
      public Own of(byte[] value, long version, long expiryMillis) {
        return new Own(value, expiryMillis);
      }

      @Override
      public Own absent() {
        return ABSENT;
      }
    }
  }

  /// Shows committed entries through the writes.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param committed entries that the transaction's snapshot sees, none of them deleted
  /// @param view how `committed` was made
  /// @return both together; own entries have versions from [#OWN_VERSIONS] on
  public EntryCursor over(int keyspaceId, EntryCursor committed, ReadView view) {
    Memtable memtable = memtables.get(keyspaceId);
    if (memtable == null) {
      return committed;
    }
    ReadView ownView =
        new ReadView(view.range(), view.direction(), nextVersion - 1, view.instantMillis());
    EntryCursor own = memtable.cursor(ownView);
    EntryCursor merged = MergingCursor.newestOf(List.of(own, committed), view.direction());
    return new VisibleCursor(merged, List.of(memtable.deletedRanges()), ownView);
  }
}
