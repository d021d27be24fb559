package io.lightningdb.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.TransactionLimits;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.LiveHeap;
import io.lightningdb.server.security.ActingCaller;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// Sessions are charged for what they take of the heap, and no longer than they are there.
class SessionAccountTest {
  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  @BeforeEach
  void act() {
    ActingCaller.set(Caller.LOCAL);
  }

  @AfterEach
  void clear() {
    ActingCaller.clear();
  }

  private static long charged(Database database) {
    MemoryStats memory = database.stats().memory();
    return memory.transactionBytes() + memory.snapshotBytes() + memory.embedderBytes();
  }

  private static void begin(Transactions transactions, int count) {
    TransactionOptions options = TransactionOptions.defaults().withLease(Duration.ofMinutes(5));
    for (int i = 0; i < count; i++) {
      transactions.begin(options.withOwner("client 127.0.0." + i));
    }
  }

  @Test
  void sessions() {
    Database database =
        databases.open(
            DatabaseOptions.defaults()
                .withTransactions(
                    new TransactionLimits(100_000, 1024, Duration.ofMinutes(5), Duration.ZERO)));
    Map<String, String> settings = Map.of("lightning.transactions.open-max", "100000");
    Shares shares =
        new Shares(
            new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("lightning", LightningProperties.class),
            database,
            new SimpleMeterRegistry());
    Transactions transactions = new Transactions(database, shares);
    begin(transactions, 100);
    long heapBefore = LiveHeap.bytes();
    long chargedBefore = charged(database);

    begin(transactions, 25_000);

    LiveHeap.isCharged(
        "sessions", LiveHeap.bytes() - heapBefore, charged(database) - chargedBefore);
    transactions.list().forEach(session -> session.transaction().rollback());
    transactions.forgetEnded();
    MemoryStats memory = database.stats().memory();
    assertThat(memory.transactionBytes() + memory.snapshotBytes()).isZero();
    assertThat(memory.embedderBytes()).as("the last ends").isBetween(10_000L * 100, 10_000L * 300);
    assertThat(shares.of(Shared.TRANSACTIONS).held()).isZero();
    assertThat(shares.of(Shared.TRANSACTION_BYTES).held()).isZero();
  }
}
