package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.testkit.Machine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What merges do without being asked, and what they leave alone. On a simulated machine, where all of it is done before a call
/// returns.
class MergeTest {
  private static final int KIB = 1024;
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults()
          .withLog(256 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * KIB, 4)
          .withRunBytesTarget(32 * KIB);
  private static final Duration LOOK = Duration.ofSeconds(11);
  private static final Duration WINDOW = Duration.ofSeconds(61);

  private final Machine machine = Machine.empty();

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(SplittableRandom random) {
    byte[] value = new byte[100];
    random.nextBytes(value);
    return value;
  }

  private static void fill(Keyspace keyspace, int from, int to) {
    SplittableRandom random = new SplittableRandom(from);
    for (int i = from; i < to; i++) {
      keyspace.put(key(i), value(random), Durability.LOGGED);
    }
  }

  private static long runBytes(Keyspace keyspace) {
    return keyspace.stats().runBytes();
  }

  @Test
  void aFullMergeThatNobodyWantsAnyMoreStopsAndLosesNothing() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace =
          database.keyspace("k", KeyspaceOptions.defaults().withLayout(Layout.WRITE_OPTIMIZED));
      for (int round = 0; round < 3; round++) {
        fill(keyspace, 0, 3000);
        keyspace.flush();
      }
      long merged = database.stats().compactionBytesWritten();
      AtomicInteger questions = new AtomicInteger();

      assertThat(keyspace.compact(() -> true)).isFalse();
      assertThat(database.stats().compactionBytesWritten()).isEqualTo(merged);
      assertThat(keyspace.compact(() -> questions.incrementAndGet() > 4)).isFalse();

      assertThat(keyspace.get(key(0))).isNotNull();
      assertThat(keyspace.get(key(2999))).isNotNull();
      assertThat(database.checkIntegrity().isClean()).isTrue();
      long bytesBefore = runBytes(keyspace);
      assertThat(keyspace.compact(() -> false)).isTrue();
      assertThat(runBytes(keyspace)).isLessThan(bytesBefore);
      assertThat(keyspace.stats().entries()).isEqualTo(3000);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void ascendingKeysAreNotRewritten(Layout layout) {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults().withLayout(layout));
      fill(keyspace, 0, 30_000);
      keyspace.flush();
      EngineStats stats = database.stats();
      assertThat(stats.flushes()).isGreaterThan(40);
      assertThat(stats.compactionBytesWritten()).isLessThan(stats.flushBytes() / 10);
      assertThat(keyspace.stats().levels().stream().mapToInt(KeyspaceStats.Level::sortedRuns).sum())
          .isLessThan(20);
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
  }

  @Test
  void aDeletedRangeGivesItsSpaceBackWithoutBeingRead() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      fill(keyspace, 0, 20_000);
      keyspace.compact();
      long before = runBytes(keyspace);
      long read = database.stats().compactionBytesRead();
      database.write(
          new WriteBatch().deleteRange(keyspace, Range.between(key(2_000), key(18_000))),
          Durability.SYNCED);
      assertThat(runBytes(keyspace)).isLessThan(before * 3 / 10);
      assertThat(database.stats().compactionBytesRead()).isEqualTo(read);
      assertThat(keyspace.get(key(1_999))).isNotNull();
      assertThat(keyspace.get(key(2_000))).isNull();
      assertThat(keyspace.get(key(18_000))).isNotNull();
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
  }

  @Test
  void aDeletedRangeIsKeptForWhoeverLooksBehindTheDeletion() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      fill(keyspace, 0, 20_000);
      keyspace.compact();
      long before = runBytes(keyspace);
      try (Snapshot snapshot = database.snapshot()) {
        database.write(new WriteBatch().deleteRange(keyspace, Range.all()), Durability.SYNCED);
        machine.pass(LOOK);
        assertThat(runBytes(keyspace)).isEqualTo(before);
        assertThat(keyspace.get(key(7), snapshot)).isNotNull();
        assertThat(keyspace.get(key(7))).isNull();
      }
      machine.pass(LOOK);
      assertThat(runBytes(keyspace)).isZero();
    }
  }

  @Test
  void deletionThatIsNotYetDurableFreesNothingThatAPowerFailureCouldBringBack() {
    Machine after;
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      fill(keyspace, 0, 5_000);
      keyspace.compact();
      long before = runBytes(keyspace);
      database.write(new WriteBatch().deleteRange(keyspace, Range.all()), Durability.LOGGED);
      assertThat(runBytes(keyspace)).isEqualTo(before);
      after = machine.crash(1);
    }
    try (Database database = after.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k");
      boolean deleted = keyspace.get(key(0)) == null;
      for (int i = 0; i < 5_000; i++) {
        assertThat(keyspace.get(key(i)) == null).isEqualTo(deleted);
      }
    }
  }

  @Test
  void singleDeletionsGiveTheirSpaceBackToo() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      fill(keyspace, 0, 20_000);
      keyspace.compact();
      for (int i = 0; i < 20_000; i++) {
        keyspace.delete(key(i), Durability.LOGGED);
      }
      keyspace.flush();
      machine.pass(LOOK);
      assertThat(runBytes(keyspace)).isZero();
    }
  }

  @Test
  void aMergeTakesLittleExtraSpaceAtAnyMoment() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace =
          database.keyspace("k", KeyspaceOptions.defaults().withLayout(Layout.READ_OPTIMIZED));
      SplittableRandom random = new SplittableRandom(1);
      long most = 0;
      for (int i = 0; i < 60_000; i++) {
        keyspace.put(key(random.nextInt(20_000)), value(random), Durability.LOGGED);
        long live = keyspace.stats().levels().stream().mapToLong(KeyspaceStats.Level::bytes).sum();
        most = Math.max(most, runBytes(keyspace) - live);
      }
      keyspace.compact();
      long compacted = runBytes(keyspace);
      assertThat(most).as("bytes merged already but not yet gone").isLessThan(compacted / 4);
    }
  }

  @Test
  void theLayoutFollowsTheUseIfItIsToChooseItself() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace =
          database.keyspace("k", KeyspaceOptions.defaults().withLayout(Layout.AUTO));
      assertThat(keyspace.effectiveLayout()).isEqualTo(Layout.BALANCED);
      for (int window = 0; window < 4; window++) {
        fill(keyspace, 0, 2_000);
        machine.pass(WINDOW);
      }
      assertThat(keyspace.effectiveLayout()).isEqualTo(Layout.WRITE_OPTIMIZED);
      assertThat(keyspace.layoutDecisions())
          .singleElement()
          .satisfies(decision -> {
            assertThat(decision.from()).isEqualTo(Layout.BALANCED);
            assertThat(decision.reason()).contains("2000 writes");
          });
      for (int window = 0; window < 8; window++) {
        for (int i = 0; i < 2_000; i++) {
          assertThat(keyspace.get(key(i))).isNotNull();
        }
        machine.pass(WINDOW);
      }
      assertThat(keyspace.effectiveLayout()).isEqualTo(Layout.READ_OPTIMIZED);
      assertThat(keyspace.layoutDecisions()).hasSize(3);
      database.configureKeyspace("k", keyspace.options().withLayout(Layout.WRITE_OPTIMIZED));
      assertThat(keyspace.effectiveLayout()).isEqualTo(Layout.WRITE_OPTIMIZED);
    }
  }

  @Test
  void filesOfTimesThatHaveExpiredGoWithoutBeingRead() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace =
          database.keyspace(
              "k",
              KeyspaceOptions.defaults()
                  .withLayout(Layout.TIME_ORDERED)
                  .withDefaultTtl(Duration.ofHours(4)));
      SplittableRandom random = new SplittableRandom(1);
      long most = 0;
      for (int minute = 0; minute < 12 * 60; minute++) {
        for (int i = 0; i < 100; i++) {
          keyspace.put(key(random.nextInt(100_000)), value(random), Durability.LOGGED);
        }
        machine.pass(Duration.ofMinutes(1));
        most = Math.max(most, runBytes(keyspace));
      }
      EngineStats stats = database.stats();
      assertThat(most).as("bytes of 12 hours' writes").isLessThan(stats.flushBytes() / 2);
      assertThat(stats.compactionBytesWritten())
          .as("each byte is rewritten at most twice")
          .isLessThan(2 * stats.flushBytes());
      machine.pass(Duration.ofHours(5));
      keyspace.flush();
      long read = database.stats().compactionBytesRead();
      machine.pass(LOOK);
      assertThat(runBytes(keyspace)).isZero();
      assertThat(database.stats().compactionBytesRead()).isEqualTo(read);
    }
  }

  @Test
  void expiredEntriesGiveTheirSpaceBackInEveryLayout() {
    for (Layout layout : Layout.values()) {
      Machine own = Machine.empty();
      try (Database database = own.open(SMALL)) {
        Keyspace keyspace =
            database.keyspace(
                "k",
                KeyspaceOptions.defaults().withLayout(layout).withDefaultTtl(Duration.ofHours(1)));
        fill(keyspace, 0, 5_000);
        keyspace.flush();
        assertThat(runBytes(keyspace)).isPositive();
        own.pass(Duration.ofHours(2));
        own.pass(LOOK);
        assertThat(keyspace.get(key(1))).isNull();
        assertThat(runBytes(keyspace)).as("%s", layout).isZero();
      }
    }
  }

  @Test
  void whatExpiresDoesNotUncoverWhatItHasReplaced() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      fill(keyspace, 0, 5_000);
      keyspace.compact();
      database.configureKeyspace("k", keyspace.options().withDefaultTtl(Duration.ofHours(1)));
      fill(keyspace, 1_000, 2_000);
      keyspace.flush();
      machine.pass(Duration.ofHours(2));
      machine.pass(LOOK);
      for (int i = 0; i < 5_000; i++) {
        assertThat(keyspace.get(key(i)) == null).isEqualTo(i >= 1_000 && i < 2_000);
      }
    }
  }

  @Test
  void aMergeIsForgottenWhenItsKeyspaceIsDroppedBetweenTwoSteps() {
    AtomicReference<@Nullable Runnable> betweenSteps = new AtomicReference<>();
    // The clock is looked at when a step is done: a moment at which no step is under way.
    Clock watched =
        new Clock() {
          @Override
          public long millis() {
            return machine.clock().millis();
          }

          @Override
          public long nanoTime() {
            Runnable watcher = betweenSteps.get();
            if (watcher != null) {
              watcher.run();
            }
            return machine.clock().nanoTime();
          }
        };
    Environment environment = new Environment(machine.storage(), watched, machine.workers(), 1);
    try (Database database = Database.open(environment, SMALL)) {
      Keyspace doomed = database.keyspace("doomed", KeyspaceOptions.defaults());
      betweenSteps.set(() -> {
        KeyspaceStats stats = doomed.stats();
        if (stats.compactionsRunning() > 0 && stats.deadBytes() > 0) {
          betweenSteps.set(null);
          assertThat(database.stats().compactionsRunning()).isEqualTo(1);
          database.dropKeyspace("doomed");
        }
      });
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; betweenSteps.get() != null; i++) {
        assertThat(i).as("writes without a merge of several steps").isLessThan(100_000);
        doomed.put(key(random.nextInt(2000)), value(random), Durability.LOGGED);
      }

      assertThat(database.findKeyspace("doomed")).isEmpty();
      machine.pass(LOOK);
      assertThat(database.stats().compactionsRunning()).isZero();
    }
  }
}
