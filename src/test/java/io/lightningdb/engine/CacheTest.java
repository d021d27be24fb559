package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the cache keeps of a database in use.
class CacheTest {
  private static final int ENTRIES = 5000;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(UTF_8);
  }

  private static byte[] value(int number) {
    return ("a value that comes again and again, number " + number % 100).getBytes(UTF_8);
  }

  private static Keyspace filled(Database database, String name, Compression compression) {
    Keyspace keyspace =
        database.keyspace(name, KeyspaceOptions.defaults().withCompression(compression));
    for (int round = 0; round < 2; round++) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < ENTRIES; i++) {
        batch.put(keyspace, key(i), value(i));
      }
      database.write(batch, Durability.LOGGED);
      keyspace.flush();
    }
    return keyspace;
  }

  private static void readAll(Keyspace keyspace) {
    for (int i = 0; i < ENTRIES; i++) {
      assertThat(keyspace.get(key(i))).isEqualTo(value(i));
    }
  }

  @Test
  void aCompressedLeafIsDecompressedOnce() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);
    readAll(keyspace);
    CacheStats first = database.stats().cache();

    readAll(keyspace);
    CacheStats second = database.stats().cache();

    assertThat(first.misses()).isEqualTo(first.blocks()).isPositive();
    assertThat(second.misses()).isEqualTo(first.misses());
    // A few more: fingerprints of the point index that agree by chance.
    assertThat(second.hits() - first.hits()).isBetween((long) ENTRIES, ENTRIES * 101L / 100);
    assertThat(second.bytes()).isEqualTo(first.bytes()).isPositive();
  }

  @Test
  void plainLeavesAreReadInPlace() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = filled(database, "plain", Compression.NONE);

    readAll(keyspace);

    CacheStats cache = database.stats().cache();
    assertThat(cache.blocks() + cache.hits() + cache.misses()).isZero();
  }

  @Test
  void mergesAndIntegrityChecksLeaveTheCacheAlone() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);

    keyspace.compact();
    assertThat(database.checkIntegrity().isClean()).isTrue();

    CacheStats cache = database.stats().cache();
    assertThat(cache.blocks() + cache.hits() + cache.misses()).isZero();
  }

  @Test
  void runsThatGoGiveTheirMemoryBack() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);
    readAll(keyspace);
    long before = database.stats().cache().blocks();

    keyspace.compact();
    readAll(keyspace);
    assertThat(database.stats().cache().blocks()).isBetween(1L, before);
    database.dropKeyspace("compressed");

    assertThat(database.stats().cache().blocks()).isZero();
    assertThat(database.stats().cache().bytes()).isZero();
  }

  @Test
  void whatWasInTheCacheIsThereAfterAMerge() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);
    readAll(keyspace);
    CacheStats before = database.stats().cache();

    keyspace.compact();
    CacheStats merged = database.stats().cache();
    readAll(keyspace);
    CacheStats after = database.stats().cache();

    assertThat(merged.hits()).isEqualTo(before.hits());
    assertThat(merged.blocks()).isBetween(1L, before.blocks());
    assertThat(after.misses()).isEqualTo(before.misses());
  }

  @Test
  void aMergeDoesNotFetchWhatNobodyAskedFor() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);
    int asked = ENTRIES / 10;
    for (int i = 0; i < asked; i++) {
      assertThat(keyspace.get(key(i))).isEqualTo(value(i));
    }
    long before = database.stats().cache().blocks();

    keyspace.compact();

    assertThat(database.stats().cache().blocks()).isBetween(1L, before + 1);
  }

  @Test
  void withoutACacheEverythingIsFoundAllTheSame() {
    Database database =
        databases.open(
            DatabaseOptions.defaults().withMemory(MemoryLimits.defaults().withCacheBytesMax(0)));
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);

    readAll(keyspace);
    int scanned = 0;
    try (Scan scan = keyspace.scan(Range.all().reversed())) {
      while (scan.next()) {
        scanned++;
      }
    }

    assertThat(scanned).isEqualTo(ENTRIES);
    CacheStats cache = database.stats().cache();
    assertThat(cache.blocks()).isZero();
    assertThat(cache.misses()).isGreaterThanOrEqualTo(ENTRIES);
  }

  @Test
  void aSmallCacheStaysWithinItsBound() {
    Database database =
        databases.open(
            DatabaseOptions.defaults()
                .withMemory(MemoryLimits.defaults().withCacheBytesMax(40_000)));
    Keyspace keyspace = filled(database, "compressed", Compression.LZ4);

    readAll(keyspace);
    readAll(keyspace);

    CacheStats cache = database.stats().cache();
    assertThat(cache.bytes()).isBetween(20_000L, 40_000L);
    assertThat(cache.evictions()).isPositive();
    assertThat(cache.recencyBytes()).isBetween(0L, cache.bytes());
    assertThat(cache.recencyBytesTarget()).isBetween(0L, cache.bytesMax());
  }

  /// Leaves that go from the cache into a new run come from that run's file: should it be damaged, it must not count.
  @Test
  void aMergeWhoseOutputCannotBeReadBackChangesNothing() {
    DamagingStorage storage = new DamagingStorage(new SimulatedStorage());
    Environment environment = new Environment(storage, Clock.SYSTEM, new CallerWorkers(), 5);
    DatabaseOptions options = DatabaseOptions.defaults().withLog(4 << 20, Duration.ofMillis(100));
    try (Database database = Database.open(environment, options)) {
      Keyspace keyspace = filled(database, "compressed", Compression.LZ4);
      readAll(keyspace);
      List<String> before = storage.runs();

      storage.damagesNewRuns = true;
      assertThatExceptionOfType(EngineException.ReadOnly.class)
          .isThrownBy(keyspace::compact)
          .satisfies(e -> assertThat(e).hasStackTraceContaining("cannot be read back"));

      assertThat(database.writeFailure()).isPresent();
      assertThat(storage.runs()).isEqualTo(before);
      readAll(keyspace);

      storage.damagesNewRuns = false;
      database.resume();
      keyspace.compact();
      readAll(keyspace);
      assertThat(database.checkIntegrity().isClean()).isTrue();
    }
  }

  /// While that is wanted, runs that are mapped for the first time have a flipped bit in their first leaf.
  private static final class DamagingStorage extends PassingStorage {
    private final Set<String> mapped = new HashSet<>();
    private boolean damagesNewRuns;

    DamagingStorage(Storage target) {
      super(target);
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
      MemorySegment file = super.map(name, arena);
      if (!isRun(name) || !mapped.add(name) || !damagesNewRuns) {
        return file;
      }
      MemorySegment damaged = arena.allocate(file.byteSize()).copyFrom(file);
      damaged.set(ValueLayout.JAVA_BYTE, 100, (byte) (file.get(ValueLayout.JAVA_BYTE, 100) ^ 1));
      return damaged;
    }

    private static boolean isRun(String name) {
      return FileFormat.runFileId(name).isPresent();
    }

    List<String> runs() {
      try {
        return list().stream()
            .map(FileEntry::name)
            .filter(DamagingStorage::isRun)
            .sorted()
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
