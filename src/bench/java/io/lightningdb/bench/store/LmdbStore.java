package io.lightningdb.bench.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lightningdb.bench.store.StoreSettings.Residence;
import io.lightningdb.engine.Durability;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/// LMDB through lmdbjava.
///
/// Why the settings are fair to it:
///
/// - `LOGGED` is its write map without any sync, its fastest way to write: what is committed stands in the page cache and survives
///   the death of the process. (A power failure may then damage the whole database, which this engine excludes.)
/// - `SYNCED` is its default, a sync of data and meta page for each commit.
/// - No compression, which it does not have: it reads what is on disk in place.
/// - The fastest buffers of the binding, its own checks switched off by the runner, buffers, read transactions and cursors used
///   again. Each read renews its transaction, because a read is to see what was acknowledged before it, as in the other stores.
/// - No read-ahead where the data do not fit into memory, as its documentation advises.
final class LmdbStore implements Store {
  private static final long MAP_BYTES_MIN = 1L << 30;
  private static final int MAP_PER_DATA = 6;
  private static final int READERS_MAX = 64;
  private static final int KEY_BYTES_MAX = 511;

  private final Env<ByteBuffer> environment;
  private final Dbi<ByteBuffer> entries;

  LmdbStore(StoreSettings settings) {
    environment =
        Env.create(ByteBufferProxy.PROXY_OPTIMAL)
            .setMapSize(MAP_BYTES_MIN + MAP_PER_DATA * settings.bytesExpected())
            .setMaxReaders(READERS_MAX)
            .setMaxDbs(1)
            .open(settings.directory().toFile(), flags(settings).toArray(EnvFlags[]::new));
    entries = environment.openDbi("bench".getBytes(UTF_8), DbiFlags.MDB_CREATE);
  }

  private static Set<EnvFlags> flags(StoreSettings settings) {
    Set<EnvFlags> flags = EnumSet.noneOf(EnvFlags.class);
    if (settings.durability() == Durability.LOGGED) {
      flags.add(EnvFlags.MDB_WRITEMAP);
      flags.add(EnvFlags.MDB_NOSYNC);
    }
    if (settings.residence() == Residence.LARGER_THAN_MEMORY) {
      flags.add(EnvFlags.MDB_NORDAHEAD);
    }
    return flags;
  }

  @Override
  public Session session() {
    return new LmdbSession();
  }

  /// Nothing to do: it has no work to put off.
  @Override
  public void settle() {}

  @Override
  public void close() {
    environment.close();
  }

  private final class LmdbSession implements Session {
    private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(KEY_BYTES_MAX);
    private ByteBuffer valueBuffer = ByteBuffer.allocateDirect(128);
    private final byte[] scannedKey = new byte[16];
    private byte[] scannedValue = new byte[128];
    private final Txn<ByteBuffer> reading = environment.txnRead();
    private final Cursor<ByteBuffer> cursor = entries.openCursor(reading);

    LmdbSession() {
      reading.reset();
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
      reading.renew();
      try {
        ByteBuffer found = entries.get(reading, keyBuffer(key));
        if (found == null) {
          return null;
        }
        byte[] value = new byte[found.remaining()];
        found.get(value);
        return value;
      } finally {
        reading.reset();
      }
    }

    private ByteBuffer keyBuffer(byte[] key) {
      return keyBuffer.clear().put(key).flip();
    }

    private ByteBuffer valueBuffer(byte[] value) {
      if (valueBuffer.capacity() < value.length) {
        valueBuffer = ByteBuffer.allocateDirect(value.length);
      }
      return valueBuffer.clear().put(value).flip();
    }

    @Override
    public void put(byte[] key, byte[] value) {
      try (Txn<ByteBuffer> writing = environment.txnWrite()) {
        entries.put(writing, keyBuffer(key), valueBuffer(value));
        writing.commit();
      }
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values) {
      try (Txn<ByteBuffer> writing = environment.txnWrite()) {
        for (int i = 0; i < keys.length; i++) {
          entries.put(writing, keyBuffer(keys[i]), valueBuffer(values[i]));
        }
        writing.commit();
      }
    }

    @Override
    public void delete(byte[] key) {
      try (Txn<ByteBuffer> writing = environment.txnWrite()) {
        entries.delete(writing, keyBuffer(key));
        writing.commit();
      }
    }

    @Override
    public int scan(byte[] from, int limit, EntrySink sink) {
      renew();
      try {
        int count = 0;
        boolean found = cursor.get(keyBuffer(from), GetOp.MDB_SET_RANGE);
        while (found && count < limit) {
          accept(sink);
          count++;
          found = cursor.next();
        }
        return count;
      } finally {
        reading.reset();
      }
    }

    private void renew() {
      reading.renew();
      cursor.renew(reading);
    }

    @Override
    public int scanAll(Direction direction, EntrySink sink) {
      renew();
      try {
        return direction == Direction.FORWARD ? forward(sink) : reverse(sink);
      } finally {
        reading.reset();
      }
    }

    private int forward(EntrySink sink) {
      int count = 0;
      for (boolean found = cursor.first(); found; found = cursor.next()) {
        accept(sink);
        count++;
      }
      return count;
    }

    private int reverse(EntrySink sink) {
      int count = 0;
      for (boolean found = cursor.last(); found; found = cursor.prev()) {
        accept(sink);
        count++;
      }
      return count;
    }

    private void accept(EntrySink sink) {
      cursor.key().get(scannedKey);
      ByteBuffer value = cursor.val();
      int length = value.remaining();
      if (length > scannedValue.length) {
        scannedValue = new byte[length];
      }
      value.get(scannedValue, 0, length);
      sink.accept(scannedKey, scannedValue, length);
    }

    @Override
    public void close() {
      reading.renew();
      cursor.close();
      reading.close();
    }
  }
}
