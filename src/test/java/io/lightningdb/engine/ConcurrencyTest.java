package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.RegisterHistory;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.Variant;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Readers and writers at the same time, while memtables are flushed and runs merged.
class ConcurrencyTest {
  private static final int ACCOUNTS = 40;
  private static final long BALANCE = 1000;
  private static final int TRANSFERS = 1500;
  private static final byte[] KEY = {42};

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  @Test
  void moneyIsNeitherMadeNorLost() throws Exception {
    long seed = Seeds.one();
    Seeds.print(ConcurrencyTest.class, seed, "bank");
    Database database = databases.open(Variant.TINY);
    Keyspace savings = database.keyspace("default");
    Keyspace checking =
        database.keyspace("checking", KeyspaceOptions.defaults().withLeafBytes(512));
    WriteBatch opening = new WriteBatch();
    for (int account = 0; account < ACCOUNTS; account++) {
      opening
          .put(savings, key(account), amount(BALANCE))
          .put(checking, key(account), amount(BALANCE));
    }
    database.write(opening);
    AtomicLong audits = new AtomicLong();
    new Crew()
        .worker(() -> transfer(database, savings, checking, seed))
        .worker(() -> transfer(database, checking, savings, seed + 1))
        .companion(() -> {
          audit(database, savings, checking);
          audits.incrementAndGet();
        })
        .companion(() -> churn(savings))
        .run();
    audit(database, savings, checking);
    assertThat(audits.get()).isPositive();
    assertThat(database.stats().compactions()).as("merges beside the transfers").isPositive();
  }

  /// Moves money between keyspaces and within them, where both balances are still what was read.
  private static void transfer(Database database, Keyspace from, Keyspace to, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int done = 0; done < TRANSFERS * Seeds.campaign(); ) {
      byte[] source = key(random.nextInt(ACCOUNTS));
      byte[] target = key(random.nextInt(ACCOUNTS));
      Entry before = entry(from, source);
      Entry after = entry(to, target);
      long sum = random.nextLong(1 + balance(before));
      WriteBatch batch =
          new WriteBatch()
              .requireVersion(from, source, before.version())
              .requireVersion(to, target, after.version())
              .put(from, source, amount(balance(before) - sum))
              .put(to, target, amount(balance(after) + sum));
      try {
        database.write(batch, Durability.LOGGED);
        done++;
      } catch (EngineException.ConditionFailed _) {
        // Somebody else was faster: read again.
      }
    }
  }

  private static void audit(Database database, Keyspace savings, Keyspace checking) {
    try (Snapshot snapshot = database.snapshot()) {
      long scanned = 0;
      long got = 0;
      for (Keyspace keyspace : new Keyspace[] {savings, checking}) {
        try (Scan scan = keyspace.scan(Range.all().reversed(), snapshot)) {
          while (scan.next()) {
            scanned += balance(new Entry(scan.value(), scan.version()));
          }
        }
        for (int account = 0; account < ACCOUNTS; account++) {
          Entry entry = keyspace.entry(key(account), snapshot);
          got += entry == null ? 0 : balance(entry);
        }
      }
      assertThat(scanned).as("sum of a scan").isEqualTo(2L * ACCOUNTS * BALANCE);
      assertThat(got).as("sum of gets").isEqualTo(2L * ACCOUNTS * BALANCE);
    }
  }

  private static void churn(Keyspace keyspace) {
    keyspace.flush();
    keyspace.compact();
  }

  @Test
  void whatAReaderHasSeenStaysSeen() throws Exception {
    Database database = databases.open(Variant.TINY);
    Keyspace keyspace = database.keyspace("default");
    AtomicLong acknowledged = new AtomicLong();
    Crew crew = new Crew();
    crew.worker(() -> {
      for (long number = 1; number <= 2000; number++) {
        keyspace.put(KEY, amount(number), Durability.LOGGED);
        acknowledged.set(number);
      }
    });
    for (int reader = 0; reader < 2; reader++) {
      AtomicLong last = new AtomicLong();
      crew.companion(
          () -> last.set(readAtLeast(keyspace, Math.max(last.get(), acknowledged.get()))));
    }
    crew.companion(() -> churn(keyspace));
    crew.run();
    assertThat(readAtLeast(keyspace, 2000)).isEqualTo(2000);
  }

  private static long readAtLeast(Keyspace keyspace, long least) {
    Entry entry = keyspace.entry(KEY);
    long found = entry == null ? 0 : balance(entry);
    assertThat(found).as("number read").isGreaterThanOrEqualTo(least);
    return found;
  }

  @Test
  void oneKeyBehavesAsOneRegister() throws Exception {
    Database database = databases.open(Variant.TINY);
    Keyspace keyspace = database.keyspace("default");
    keyspace.put(KEY, new byte[1]);
    RegisterHistory history = new RegisterHistory();
    Crew crew = new Crew();
    for (int writer = 0; writer < 2; writer++) {
      crew.worker(() -> {
        for (int i = 0; i < 1500; i++) {
          Durability durability = i % 50 == 0 ? Durability.SYNCED : Durability.LOGGED;
          history.write(() -> keyspace.put(KEY, new byte[100], durability));
        }
      });
    }
    crew.worker(() -> {
      for (int i = 0; i < 5000; i++) {
        history.read(() -> entry(keyspace, KEY).version());
      }
    });
    crew.companion(() -> churn(keyspace));
    crew.run();
    assertThat(history.violation()).isEmpty();
  }

  @Test
  void aVersionCanBeAwaited() throws Exception {
    Database database = databases.open(Variant.TINY);
    Keyspace keyspace = database.keyspace("default");
    long version = keyspace.put(KEY, new byte[1]);
    assertThat(database.awaitVisible(version, Duration.ZERO)).isTrue();
    assertThat(database.awaitVisible(version + 1, Duration.ofMillis(1))).isFalse();
    new Crew()
        .worker(
            () -> assertThat(database.awaitVisible(version + 100, Duration.ofSeconds(30))).isTrue())
        .worker(() -> {
          for (int i = 0; i < 100; i++) {
            keyspace.put(KEY, new byte[1], Durability.LOGGED);
          }
        })
        .run();
  }

  @Test
  void keyspacesComeAndGoBesideEverythingElse() throws Exception {
    Database database = databases.open(Variant.TINY);
    Keyspace stays = database.keyspace("default");
    Crew crew = new Crew();
    crew.worker(() -> {
      for (int i = 0; i < 60; i++) {
        Keyspace comes = database.keyspace("comes-and-goes", KeyspaceOptions.defaults());
        comes.put(KEY, amount(i));
        assertThat(balance(entry(comes, KEY))).isEqualTo(i);
        assertThat(database.dropKeyspace("comes-and-goes")).isTrue();
      }
    });
    crew.companion(() -> useIfThere(database));
    crew.companion(() -> assertThat(database.checkIntegrity().faults()).isEmpty());
    crew.companion(() -> {
      stays.put(KEY, amount(1), Durability.LOGGED);
      churn(stays);
    });
    crew.run();
    assertThat(database.keyspaces()).containsExactly(stays);
    assertThat(database.writeFailure()).isEmpty();
  }

  private static void useIfThere(Database database) {
    database
        .findKeyspace("comes-and-goes")
        .ifPresent(keyspace -> {
          try {
            keyspace.put(new byte[] {1}, amount(1), Durability.LOGGED);
            churn(keyspace);
            keyspace.stats();
            keyspace.get(KEY);
          } catch (EngineException.KeyspaceNotFound _) {
            // Dropped meanwhile.
          }
        });
  }

  private static Entry entry(Keyspace keyspace, byte[] key) {
    Entry entry = keyspace.entry(key);
    if (entry == null) {
      throw new AssertionError("an entry that nobody deletes is absent");
    }
    return entry;
  }

  private static byte[] key(int account) {
    return ByteBuffer.allocate(4).putInt(account).array();
  }

  private static byte[] amount(long amount) {
    // Large enough that memtables fill and are flushed without being asked.
    return ByteBuffer.allocate(200).putLong(amount).array();
  }

  private static long balance(Entry entry) {
    return ByteBuffer.wrap(entry.value()).getLong();
  }
}
