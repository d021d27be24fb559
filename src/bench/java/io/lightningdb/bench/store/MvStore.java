package io.lightningdb.bench.store;

import io.lightningdb.engine.Durability;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/// H2's MVStore, which is written in Java too.
///
/// Why the settings are fair to it:
///
/// - It has no log: a write survives the death of the process once its chunk is in the file. `LOGGED` is therefore a commit after
///   each write, `SYNCED` the same with a sync. In its usual mode, which commits in the background once a second, it is far
///   faster, and loses what was acknowledged in between.
/// - The space of old chunks is used again at once, instead of after 45 seconds.
/// - A page cache of 512 MiB, 32 times the default, and no compression, the default, which is its fastest.
/// - Keys and values stay on the heap as objects, so that a read of a cached page copies nothing but the value.
final class MvStore implements Store {
  private static final int COMPACT_MILLIS_MAX = 10_000;

  private final MVStore store;
  private final MVMap<byte[], byte[]> entries;
  private final Durability durability;

  MvStore(StoreSettings settings) {
    durability = settings.durability();
    store =
        new MVStore.Builder()
            .fileName(settings.directory().resolve("bench.mv").toString())
            .autoCommitDisabled()
            .cacheSize(Math.toIntExact(settings.cacheBytes() >> 20))
            .open();
    // What no reader says that it uses is free at once, so that the file does not grow by every
    // commit of the last 45 s.
    store.setRetentionTime(0);
    entries =
        store.openMap(
            "bench",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public Session session() {
    return new MvSession();
  }

  @Override
  public void settle() {
    store.commit();
    store.compactFile(COMPACT_MILLIS_MAX);
  }

  @Override
  public void close() {
    store.close();
  }

  private void commit() {
    store.commit();
    if (durability == Durability.SYNCED) {
      store.sync();
    }
  }

  private final class MvSession implements Session {
    @Override
    public byte @Nullable [] get(byte[] key) {
      MVStore.TxCounter usage = store.registerVersionUsage();
      try {
        byte[] value = entries.get(key);
        return value == null ? null : value.clone();
      } finally {
        store.deregisterVersionUsage(usage);
      }
    }

    @Override
    public void put(byte[] key, byte[] value) {
      change(() -> entries.put(key.clone(), value.clone()));
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values) {
      change(() -> {
        for (int i = 0; i < keys.length; i++) {
          entries.put(keys[i].clone(), values[i].clone());
        }
      });
    }

    @Override
    public void delete(byte[] key) {
      change(() -> entries.remove(key));
    }

    /// Changes entries and commits. A change walks through pages, which the commit of another thread must not free under it.
    private void change(Runnable work) {
      MVStore.TxCounter usage = store.registerVersionUsage();
      try {
        work.run();
      } finally {
        store.deregisterVersionUsage(usage);
      }
      commit();
    }

    @Override
    public int scan(byte[] from, int limit, EntrySink sink) {
      MVStore.TxCounter usage = store.registerVersionUsage();
      try {
        return scan(entries.cursor(from), limit, sink);
      } finally {
        store.deregisterVersionUsage(usage);
      }
    }

    @Override
    public int scanAll(Direction direction, EntrySink sink) {
      boolean reverse = direction == Direction.REVERSE;
      return scan(entries.cursor(null, null, reverse), Integer.MAX_VALUE, sink);
    }

    private static int scan(Cursor<byte[], byte[]> cursor, int limit, EntrySink sink) {
      int count = 0;
      while (count < limit && cursor.hasNext()) {
        byte[] key = cursor.next().clone();
        byte[] value = cursor.getValue().clone();
        sink.accept(key, value, value.length);
        count++;
      }
      return count;
    }

    @Override
    public void close() {}
  }
}
