package io.lightningdb.bench.store;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.WriteBatch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// This engine, with its default options but one: a write waits for flushes and merges for up to a minute before it is refused, for
/// its peers wait as long as it takes. `LOGGED` commits are synced every 100 ms on top of what the peers do.
final class LightningStore implements Store {
  private static final Duration WRITE_WAIT_MAX = Duration.ofMinutes(1);

  private final Database database;
  private final Keyspace keyspace;
  private final Durability durability;

  LightningStore(StoreSettings settings) {
    durability = settings.durability();
    database =
        Database.open(
            settings.directory(), DatabaseOptions.defaults().withWriteWaitMax(WRITE_WAIT_MAX));
    keyspace =
        database.keyspace(
            "bench", KeyspaceOptions.defaults().withCompression(settings.compression()));
  }

  @Override
  public Session session() {
    return new LightningSession();
  }

  @Override
  public void settle() {
    keyspace.compact();
  }

  @Override
  public void close() {
    database.close();
  }

  private final class LightningSession implements Session {
    private byte[] scannedKey = new byte[0];
    private byte[] scannedValue = new byte[0];

    @Override
    public byte @Nullable [] get(byte[] key) {
      return keyspace.get(key);
    }

    @Override
    public void put(byte[] key, byte[] value) {
      keyspace.put(key, value, durability);
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < keys.length; i++) {
        batch.put(keyspace, keys[i], values[i]);
      }
      database.write(batch, durability);
    }

    @Override
    public void delete(byte[] key) {
      keyspace.delete(key, durability);
    }

    @Override
    public int scan(byte[] from, int limit, EntrySink sink) {
      return scan(Range.from(from), limit, sink);
    }

    @Override
    public int scanAll(Direction direction, EntrySink sink) {
      Range range = direction == Direction.FORWARD ? Range.all() : Range.all().reversed();
      return scan(range, Integer.MAX_VALUE, sink);
    }

    private int scan(Range range, int limit, EntrySink sink) {
      int count = 0;
      try (Scan scan = keyspace.scan(range)) {
        while (count < limit && scan.next()) {
          accept(scan, sink);
          count++;
        }
      }
      return count;
    }

    private void accept(Scan scan, EntrySink sink) {
      int length = scan.valueBytes();
      if (length > scannedValue.length) {
        scannedValue = new byte[length];
      }
      if (scan.keyBytes() != scannedKey.length) {
        scannedKey = new byte[scan.keyBytes()];
      }
      scan.copyKey(scannedKey, 0);
      scan.copyValue(scannedValue, 0);
      sink.accept(scannedKey, scannedValue, length);
    }

    @Override
    public void close() {}
  }
}
