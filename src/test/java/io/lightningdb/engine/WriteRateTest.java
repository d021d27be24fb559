package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.testkit.DatabaseExtension;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A database that may write one mebibyte a second, and has much more to write.
@Timeout(60)
class WriteRateTest {
  private static final int MIB = 1 << 20;
  private static final int ENTRIES = 300;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static byte[] value(int number) {
    byte[] value = new byte[100_000];
    new Random(number).nextBytes(value);
    return value;
  }

  private static void fill(Database database) {
    Keyspace keyspace = database.keyspace("default");
    for (int i = 0; i < ENTRIES; i++) {
      database.write(new WriteBatch().put(keyspace, key(i), value(i)), Durability.LOGGED);
    }
  }

  /// On a thread of its own: what waits must not keep what ends the wait from its turn.
  private static CompletableFuture<Void> async(Runnable work) {
    return CompletableFuture.runAsync(work, task -> Thread.ofPlatform().start(task));
  }

  @Test
  void aFlushThatWaitsForTheLimitDoesNotHoldUpTheEnd() throws Exception {
    DatabaseOptions limited =
        DatabaseOptions.defaults()
            .withMemtables(64L * MIB, 4)
            .withMemory(new MemoryLimits(700L * MIB, 0))
            .withBackgroundBytesPerSecondMax(MIB);
    Database database = databases.open(limited);
    fill(database);
    CompletableFuture<Void> flush = async(() -> database.keyspace("default").flush());
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> database.stats().writeRate().flush().waits() > 0);
    assertThat(flush).isNotDone();

    WriteRateStats written = database.stats().writeRate();
    assertThat(written.user().bytes()).isGreaterThan(ENTRIES * 100_000L);
    assertThat(written.user().waits()).isZero();
    assertThat(written.flush().bytes()).isBetween(1L, 20L * MIB);
    // What is left would take twenty seconds and more.
    async(database::close).get(10, TimeUnit.SECONDS);

    // Whoever waits is told that it is done, or that the database was closed meanwhile.
    flush.exceptionally(_ -> null).get(10, TimeUnit.SECONDS);
    assertEverythingIsThere(databases.open(limited));
  }

  @Test
  void aMergeThatWaitsForTheLimitIsCancelledAtTheEnd() throws Exception {
    Database unlimited = databases.open(DatabaseOptions.defaults());
    fill(unlimited);
    unlimited.close();
    DatabaseOptions limited = DatabaseOptions.defaults().withBackgroundBytesPerSecondMax(MIB);
    Database database = databases.open(limited);
    CompletableFuture<Void> merge = async(() -> database.keyspace("default").compact());
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> database.stats().writeRate().topLevel().waits() > 0);
    assertThat(merge).isNotDone();
    assertThat(database.keyspace("default").stats().compactionsRunning()).isEqualTo(1);

    async(database::close).get(10, TimeUnit.SECONDS);

    assertThatThrownBy(() -> merge.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(EngineException.Closed.class);
    assertEverythingIsThere(databases.open(limited));
  }

  @Test
  void writesAreNotSlowedDownByALimitFarTooLow() {
    DatabaseOptions limited =
        DatabaseOptions.defaults().withMemtables(2L * MIB, 8).withBackgroundBytesPerSecondMax(MIB);
    Database database = databases.open(limited);
    long start = System.nanoTime();
    fill(database);
    // Of thirty megabytes sixteen may wait in memory: the rest would take a quarter of a minute.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(7));
    assertThat(database.stats().flushes()).isGreaterThan(5);
    assertEverythingIsThere(database);
  }

  private static void assertEverythingIsThere(Database database) {
    Keyspace keyspace = database.keyspace("default");
    for (int i = 0; i < ENTRIES; i++) {
      assertThat(keyspace.get(key(i))).isEqualTo(value(i));
    }
    database.close();
  }
}
