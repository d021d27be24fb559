package io.lightningdb.bench.store;

import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Durability;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB through its own Java binding.
///
/// Why the settings are fair to it:
///
/// - `LOGGED` is a write with its log but without sync: like this engine's it survives the death of the process. `SYNCED` is the
///   same with sync. The log is never switched off.
/// - A Bloom filter of 10 bits a key, which is not its default, so that absent keys and keys of other levels cost little.
/// - A block cache of 512 MiB, 16 times the default: a million entries of the usual size fit into it decompressed. It is the
///   HyperClockCache, which its authors recommend over the LRU cache where several threads read.
/// - Index and filter blocks stay in memory beside the cache, the default, and are never read twice.
/// - As many background jobs as there are processors, instead of two, if there are more.
/// - The compression of this engine's leaves, and the same block size of 4 KiB, which is its default too. Whole blocks are
///   decompressed into the cache once.
/// - Checksums are verified where blocks enter the cache, the default; this engine verifies too.
/// - Iterators copy into arrays that are used again, its cheapest way to the heap. [Session#get] returns an array of its own in
///   all stores.
/// - [#settle] is a full compaction, so that reads search one level.
final class RocksStore implements Store {
  private static final int FILTER_BITS_PER_KEY = 10;

  static {
    RocksDB.loadLibrary();
  }

  private final Cache cache;
  private final BloomFilter filter = new BloomFilter(FILTER_BITS_PER_KEY);
  private final Options options = new Options();
  private final WriteOptions writes = new WriteOptions();
  private final ReadOptions reads = new ReadOptions();
  private final RocksDB database;

  RocksStore(StoreSettings settings) {
    cache = new HyperClockCache(settings.cacheBytes(), 0, -1, false);
    options
        .setCreateIfMissing(true)
        .setCompressionType(compression(settings.compression()))
        .setMaxBackgroundJobs(Math.max(2, Runtime.getRuntime().availableProcessors()))
        .setTableFormatConfig(
            new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    writes.setSync(settings.durability() == Durability.SYNCED);
    try {
      database = RocksDB.open(options, settings.directory().toString());
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private static CompressionType compression(Compression compression) {
    return switch (compression) {
      case NONE -> CompressionType.NO_COMPRESSION;
      case LZ4 -> CompressionType.LZ4_COMPRESSION;
      case ZSTD, ZSTD_HIGH -> CompressionType.ZSTD_COMPRESSION;
    };
  }

  private static IllegalStateException failed(RocksDBException cause) {
    return new IllegalStateException("RocksDB failed", cause);
  }

  @Override
  public Session session() {
    return new RocksSession();
  }

  @Override
  public void settle() {
    try {
      database.compactRange();
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    database.close();
    reads.close();
    writes.close();
    options.close();
    filter.close();
    cache.close();
  }

  private final class RocksSession implements Session {
    private final byte[] scannedKey = new byte[16];
    private byte[] scannedValue = new byte[128];

    @Override
    public byte @Nullable [] get(byte[] key) {
      try {
        return database.get(reads, key);
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public void put(byte[] key, byte[] value) {
      try {
        database.put(writes, key, value);
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public void putAll(byte[][] keys, byte[][] values) {
      try (WriteBatch batch = new WriteBatch()) {
        for (int i = 0; i < keys.length; i++) {
          batch.put(keys[i], values[i]);
        }
        database.write(writes, batch);
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public void delete(byte[] key) {
      try {
        database.delete(writes, key);
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public int scan(byte[] from, int limit, EntrySink sink) {
      try (RocksIterator iterator = database.newIterator(reads)) {
        iterator.seek(from);
        int count = 0;
        while (count < limit && iterator.isValid()) {
          accept(iterator, sink);
          count++;
          iterator.next();
        }
        iterator.status();
        return count;
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    @Override
    public int scanAll(Direction direction, EntrySink sink) {
      try (RocksIterator iterator = database.newIterator(reads)) {
        int count =
            direction == Direction.FORWARD ? forward(iterator, sink) : reverse(iterator, sink);
        iterator.status();
        return count;
      } catch (RocksDBException e) {
        throw failed(e);
      }
    }

    private int forward(RocksIterator iterator, EntrySink sink) {
      int count = 0;
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        accept(iterator, sink);
        count++;
      }
      return count;
    }

    private int reverse(RocksIterator iterator, EntrySink sink) {
      int count = 0;
      for (iterator.seekToLast(); iterator.isValid(); iterator.prev()) {
        accept(iterator, sink);
        count++;
      }
      return count;
    }

    private void accept(RocksIterator iterator, EntrySink sink) {
      iterator.key(scannedKey);
      int length = iterator.value(scannedValue);
      if (length > scannedValue.length) {
        scannedValue = new byte[length];
        iterator.value(scannedValue);
      }
      sink.accept(scannedKey, scannedValue, length);
    }

    @Override
    public void close() {}
  }
}
