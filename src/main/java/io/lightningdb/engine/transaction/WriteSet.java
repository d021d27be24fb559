package io.lightningdb.engine.transaction;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.Gaps;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The writes of a transaction, in order, and a memtable for each keyspace that shows what they come to. *Confined to
/// one thread at a time.*
///
/// In these memtables the place of a write in the order, raised above every version, stands for its version: so the
/// transaction's own writes hide what is committed, its own range deletions cover what is committed and its own earlier
/// writes, and a scan that was opened before a write does not see it.
///
/// Keys and values are in the memtables and nowhere else: of each write the set knows where its memtable keeps it.
public final class WriteSet {
  /// Own writes get versions from here on: greater than any that a commit can have.
  public static final long OWN_VERSIONS = 1L << 61;

  private static final long MEMTABLE_BYTES = 1 << 20;

  // What is known of a write, and its place in the list.
  private static final int MADE_BYTES = 40 + HeapBytes.LIST_ENTRY;

  // That, the header of its entry in the memtable, its place in the tree, and its part of the
  // filter.
  private static final int WRITE_OVERHEAD_BYTES = 104;

  // A memtable in the map, by the id of its keyspace.
  private static final long ENTRY_BYTES = HeapBytes.HASH_ENTRY + 16;

  private List<Made> made = new ArrayList<>();
  private Map<Integer, Memtable> memtables = new HashMap<>();

  // Where scans of the transaction found nothing, by keyspace.
  private final Map<Integer, Gaps> gaps = new HashMap<>();
  private long bytes;
  private long memtableBytes;
  private long rangeBytes;

  // Scans that were opened before writes were taken back may still add to it.
  private final AtomicLong gapBytes = new AtomicLong();
  private long nextVersion = OWN_VERSIONS;

  /// Makes an empty set.
  public WriteSet() {}

  /// A write that was made.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param version its own, which no other write of the set ever has
  /// @param address where the memtable of the keyspace keeps it, unless it deletes a range
  /// @param range what it deletes, or null
  private record Made(int keyspaceId, long version, long address, @Nullable KeyRange range) {}

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

    private static Put of(int keyspaceId, Memtable.Change change) {
      byte[] bytes = change.bytes();
      boolean expires = change.kind() == Operation.PUT_EXPIRING;
      int valueStart = change.valueOffset() + (expires ? ExpiryTime.BYTES : 0);
      int valueEnd = change.valueOffset() + change.valueLength();
      return new Put(
          keyspaceId,
          WriteSet.key(change),
          Arrays.copyOfRange(bytes, valueStart, valueEnd),
          expires ? LittleEndian.u64(bytes, change.valueOffset()) : ExpiryTime.NEVER);
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
  /// @param write the newest; nothing of a put or delete is kept, and the bounds of a range are not changed afterwards
  public void add(Write write) {
    long version = nextVersion++;
    int keyspaceId = write.keyspaceId();
    made.add(
        switch (write) {
          case Put put -> change(keyspaceId, version, put.toChange());
          case Delete(_, byte[] key) ->
              change(
                  keyspaceId,
                  version,
                  new Memtable.Change(Operation.DELETE, key, 0, key.length, key.length, 0));
          case DeleteRange(_, KeyRange range) -> range(keyspaceId, version, range);
        });
    bytes += write.bytes();
    Gaps known = gaps.get(keyspaceId);
    if (known != null && write instanceof Put put) {
      known.cut(put.key());
    }
  }

  private Made change(int keyspaceId, long version, Memtable.Change change) {
    Memtable memtable = memtable(keyspaceId);
    long before = memtable.bytes();
    long address = memtable.apply(version, change);
    memtableBytes += memtable.bytes() - before;
    return new Made(keyspaceId, version, address, null);
  }

  private Made range(int keyspaceId, long version, KeyRange range) {
    Memtable memtable = memtable(keyspaceId);
    long before = memtable.deletedRanges().bytes();
    memtable.deleteRange(version, range);
    rangeBytes += memtable.deletedRanges().bytes() - before;
    return new Made(keyspaceId, version, 0, range);
  }

  private Memtable memtable(int keyspaceId) {
    Memtable known = memtables.get(keyspaceId);
    if (known != null) {
      return known;
    }
    Memtable opened = new Memtable(MEMTABLE_BYTES);
    memtables.put(keyspaceId, opened);
    memtableBytes += opened.bytes() + ENTRY_BYTES;
    return opened;
  }

  /// Number of writes: with [#lastVersion] a mark to come back to.
  ///
  /// @return a count
  public int size() {
    return made.size();
  }

  /// Pieces of range deletions that further ones have passed.
  ///
  /// @return a count since the beginning, or since writes were last taken back
  public long rangeSteps() {
    return memtables.values().stream().mapToLong(each -> each.deletedRanges().steps()).sum();
  }

  /// Size of all writes, whatever keyspaces they go to.
  ///
  /// @return in bytes
  public long bytes() {
    return bytes;
  }

  /// Entries that scans of the transaction passed because it had deleted them itself.
  ///
  /// @return a count since the beginning, or since writes were last taken back
  public long entriesPassed() {
    return gaps.values().stream().mapToLong(Gaps::entriesPassed).sum();
  }

  /// What the set takes of the heap, memtables of few writes among it.
  ///
  /// @return in bytes
  public long heapBytes() {
    return memtableBytes + rangeBytes + gapBytes.get() + (long) MADE_BYTES * made.size();
  }

  /// What a write adds to [#heapBytes] at least.
  ///
  /// @param write not yet added
  /// @return in bytes
  public long heapBytesOf(Write write) {
    boolean first = !memtables.containsKey(write.keyspaceId());
    return write.bytes() + (first ? Memtable.bytesEmpty() + ENTRY_BYTES : 0);
  }

  /// The version of the newest write.
  ///
  /// @return 0 if there is none
  public long lastVersion() {
    return made.isEmpty() ? 0 : made.getLast().version();
  }

  /// Tells whether the first writes are still those of an earlier moment.
  ///
  /// @param size what [#size] was then
  /// @param lastVersion what [#lastVersion] was then
  /// @return false if any of them was taken back meanwhile
  public boolean startsWith(int size, long lastVersion) {
    return size <= made.size() && (size == 0 || made.get(size - 1).version() == lastVersion);
  }

  /// Takes back the writes behind a mark. Scans that are open go on over what they were opened over.
  ///
  /// @param size what [#size] was then
  public void truncate(int size) {
    List<Made> kept = made.subList(0, size);
    Map<Integer, Memtable> before = memtables;
    made = new ArrayList<>(size);
    memtables = new HashMap<>();
    gaps.values().forEach(Gaps::end);
    gaps.clear();
    bytes = 0;
    memtableBytes = 0;
    rangeBytes = 0;
    for (Made each : kept) {
      KeyRange range = each.range();
      if (range == null) {
        Memtable.Change change = in(before, each);
        made.add(change(each.keyspaceId(), each.version(), change));
        bytes += WRITE_OVERHEAD_BYTES + (long) change.keyLength() + change.valueLength();
      } else {
        made.add(range(each.keyspaceId(), each.version(), range));
        bytes += new DeleteRange(each.keyspaceId(), range).bytes();
      }
    }
  }

  private static Memtable.Change in(Map<Integer, Memtable> memtables, Made made) {
    return Objects.requireNonNull(memtables.get(made.keyspaceId())).at(made.address());
  }

  private static Write toWrite(Made made, Map<Integer, Memtable> memtables) {
    KeyRange range = made.range();
    if (range != null) {
      return new DeleteRange(made.keyspaceId(), range);
    }
    Memtable.Change change = in(memtables, made);
    return change.kind() == Operation.DELETE
        ? new Delete(made.keyspaceId(), key(change))
        : Put.of(made.keyspaceId(), change);
  }

  private static byte[] key(Memtable.Change change) {
    return Arrays.copyOfRange(
        change.bytes(), change.keyOffset(), change.keyOffset() + change.keyLength());
  }

  /// Goes through the writes in order.
  ///
  /// @param consumer gets each, made for it
  public void forEach(Consumer<Write> consumer) {
    made.forEach(each -> consumer.accept(toWrite(each, memtables)));
  }

  /// Goes through what the writes change, in order.
  ///
  /// @param keys gets the keys, each as often as it is written
  /// @param ranges gets the ranges that are deleted
  public void forEachTarget(Consumer<KeyRef> keys, Consumer<DeleteRange> ranges) {
    for (Made each : made) {
      KeyRange range = each.range();
      if (range == null) {
        keys.accept(new KeyRef(each.keyspaceId(), key(in(memtables, each))));
      } else {
        ranges.accept(new DeleteRange(each.keyspaceId(), range));
      }
    }
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
  /// @param committed opens entries that the transaction's snapshot sees, none of them deleted
  /// @param view what `committed` is asked for
  /// @return both together; own entries have versions from [#OWN_VERSIONS] on
  /// @throws IOException if what is committed cannot be read or is damaged
  public EntryCursor over(int keyspaceId, VisibleCursor.Opener committed, ReadView view)
      throws IOException {
    Memtable memtable = memtables.get(keyspaceId);
    if (memtable == null) {
      return committed.open(view);
    }
    long ownVersion = nextVersion - 1;
    ReadView ownView =
        new ReadView(view.range(), view.direction(), ownVersion, view.instantMillis());
    VisibleCursor.Opener both =
        part -> {
          ReadView committedPart =
              new ReadView(part.range(), view.direction(), view.version(), view.instantMillis());
          return MergingCursor.newestOf(
              List.of(memtable.cursor(part), committed.open(committedPart)), view.direction());
        };
    Gaps own =
        gaps.computeIfAbsent(
            keyspaceId,
            _ ->
                new Gaps(
                    (range, version) -> memtable.firstNewerIn(range, version) == null,
                    gapBytes::addAndGet));
    return new VisibleCursor(both, List.of(memtable.deletedRanges()), ownView, own);
  }
}
