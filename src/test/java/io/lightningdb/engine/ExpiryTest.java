package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Variant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Entries with an end: gone for everybody at their moment, and their space some time after.
class ExpiryTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private Machine machine = Machine.empty();
  private Database database = machine.open(Variant.TINY);
  private Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());

  @AfterEach
  void close() {
    assertThat(database.checkIntegrity().faults()).isEmpty();
    database.close();
  }

  private void reopen() {
    database = machine.open(Variant.TINY);
    keyspace = database.keyspace("k");
  }

  private void configure(KeyspaceOptions options) {
    database.configureKeyspace("k", options);
  }

  private void pass(Duration time) {
    machine.clock().advance(time);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private long put(String key, String value) {
    return keyspace.put(bytes(key), bytes(value), Durability.LOGGED);
  }

  private long put(String key, String value, Duration ttl) {
    return keyspace.put(bytes(key), bytes(value), Expiry.after(ttl), Durability.LOGGED);
  }

  private @Nullable String get(String key) {
    return text(keyspace.get(bytes(key)));
  }

  private static List<String> keys(Scan scan) {
    List<String> keys = new ArrayList<>();
    try (scan) {
      while (scan.next()) {
        keys.add(new String(scan.key(), StandardCharsets.UTF_8));
      }
    }
    return keys;
  }

  private List<String> keys() {
    List<String> forward = keys(keyspace.scan(Range.all()));
    assertThat(keys(keyspace.scan(Range.all().reversed()))).isEqualTo(forward.reversed());
    return forward;
  }

  private Instant now() {
    return Instant.ofEpochMilli(machine.clock().millis());
  }

  @ParameterizedTest
  @ValueSource(strings = {"memtable", "run", "merged"})
  void anEntryIsThereUntilItsMomentAndNotAtIt(String where) {
    put("a", "stays");
    put("b", "old");
    long version = put("b", "short", HOUR);
    put("c", "longer", HOUR.plusMillis(1));
    Instant moment = now().plus(HOUR);
    switch (where) {
      case "run" -> keyspace.flush();
      case "merged" -> keyspace.compact();
      default -> {}
    }
    pass(HOUR.minusMillis(1));
    Entry found = Objects.requireNonNull(keyspace.entry(bytes("b")));
    assertThat(found.expiresAt()).isEqualTo(moment);
    assertThat(found.version()).isEqualTo(version);
    assertThat(text(found.value())).isEqualTo("short");
    assertThat(keys()).containsExactly("a", "b", "c");
    pass(Duration.ofMillis(1));
    assertThat(get("b")).isNull();
    assertThat(keys()).containsExactly("a", "c");
    pass(Duration.ofMillis(1));
    assertThat(keys()).containsExactly("a");
    assertThat(get("a")).isEqualTo("stays");
  }

  @Test
  void aScanTellsWhenEntriesExpire() {
    put("a", "stays");
    put("b", "", HOUR);
    try (Scan scan = keyspace.scan(Range.all())) {
      assertThat(scan.next()).isTrue();
      assertThat(scan.expiresAt()).isNull();
      assertThat(scan.entry().expiresAt()).isNull();
      assertThat(scan.next()).isTrue();
      assertThat(scan.expiresAt()).isEqualTo(now().plus(HOUR));
      assertThat(scan.value()).isEmpty();
      assertThat(scan.valueBytes()).isZero();
    }
  }

  @Test
  void aLaterPutGivesTheKeyAnotherEnd() {
    put("a", "1", MINUTE);
    put("a", "2", HOUR);
    put("b", "1", MINUTE);
    put("b", "2");
    pass(MINUTE);
    assertThat(get("a")).isEqualTo("2");
    assertThat(get("b")).isEqualTo("2");
    pass(HOUR);
    assertThat(keys()).containsExactly("b");
  }

  @Test
  void aSnapshotGoesOnSeeingWhatHadNotExpired() {
    put("a", "old");
    put("a", "short", HOUR);
    put("b", "short", MINUTE);
    try (Snapshot before = database.snapshot()) {
      pass(HOUR);
      assertThat(keys()).isEmpty();
      keyspace.flush();
      keyspace.compact();
      assertThat(text(keyspace.get(bytes("a"), before))).isEqualTo("short");
      assertThat(keys(keyspace.scan(Range.all(), before))).containsExactly("a", "b");
      assertThat(before.instant()).isEqualTo(now().minus(HOUR));
      try (Snapshot after = database.snapshot()) {
        assertThat(after.version()).isEqualTo(before.version());
        assertThat(keyspace.get(bytes("a"), after)).isNull();
        assertThat(keys(keyspace.scan(Range.all(), after))).isEmpty();
      }
    }
    keyspace.compact();
    assertThat(keyspace.stats().entries()).isZero();
    assertThat(keyspace.stats().runBytes()).isZero();
  }

  @Test
  void conditionsFindNoExpiredEntry() {
    long version = put("a", "short", HOUR);
    pass(HOUR);
    WriteBatch sameVersion =
        new WriteBatch().requireVersion(keyspace, bytes("a"), version).delete(keyspace, bytes("x"));
    assertThatThrownBy(() -> database.write(sameVersion))
        .isInstanceOf(EngineException.ConditionFailed.class);
    WriteBatch present =
        new WriteBatch().requirePresent(keyspace, bytes("a")).delete(keyspace, bytes("x"));
    assertThatThrownBy(() -> database.write(present))
        .isInstanceOf(EngineException.ConditionFailed.class);
    WriteBatch absent =
        new WriteBatch()
            .requireVersion(keyspace, bytes("a"), 0)
            .put(keyspace, bytes("a"), bytes("new"));
    database.write(absent);
    assertThat(absent.observedVersion(0)).isZero();
    assertThat(get("a")).isEqualTo("new");
  }

  @Test
  void aTransactionReadsAtTheMomentOfItsBeginning() {
    put("a", "short", HOUR);
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      pass(Duration.ofSeconds(10));
      transaction.put(keyspace, bytes("b"), bytes("own"), Expiry.after(Duration.ofSeconds(1)));
      transaction.put(keyspace, bytes("c"), bytes("own"), Expiry.at(now().minus(HOUR)));
      Entry own = Objects.requireNonNull(transaction.entry(keyspace, bytes("b")));
      assertThat(own.expiresAt()).isEqualTo(now().plusSeconds(1));
      // Part of its own past: it could never have seen this.
      assertThat(transaction.get(keyspace, bytes("c"))).isNull();
      assertThat(keys(transaction.scan(keyspace, Range.all()))).containsExactly("a", "b");
      transaction.put(keyspace, bytes("a"), bytes("gone"), Expiry.at(now().minus(HOUR)));
      assertThat(transaction.get(keyspace, bytes("a"))).isNull();
      assertThat(keys(transaction.scan(keyspace, Range.all().reversed()))).containsExactly("b");
      transaction.commit(Durability.LOGGED);
    }
    assertThat(keys()).containsExactly("b");
    pass(Duration.ofSeconds(1));
    assertThat(keys()).isEmpty();
  }

  @Test
  void aSerializableTransactionConflictsWithTheEndOfWhatItHasRead() {
    for (boolean scanned : List.of(true, false)) {
      put("a", "short", Duration.ofSeconds(5));
      put("b", "long", HOUR);
      try (Transaction transaction = database.begin(Isolation.SERIALIZABLE)) {
        assertThat(transaction.get(keyspace, bytes("b"))).isNotNull();
        if (scanned) {
          assertThat(keys(transaction.scan(keyspace, Range.all()))).hasSizeGreaterThan(1);
        } else {
          assertThat(transaction.get(keyspace, bytes("a"))).isNotNull();
        }
        transaction.put(keyspace, bytes("a-was-there"), bytes("yes"));
        pass(Duration.ofSeconds(5));
        assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
            .isInstanceOfSatisfying(
                EngineException.TransactionConflict.class,
                e -> assertThat(e.key()).isEqualTo(bytes("a")));
      }
      assertThat(get("a-was-there")).isNull();
    }
    try (Transaction transaction = database.begin(Isolation.SERIALIZABLE)) {
      assertThat(transaction.get(keyspace, bytes("a"))).isNull();
      assertThat(transaction.get(keyspace, bytes("b"))).isNotNull();
      transaction.put(keyspace, bytes("a-was-there"), bytes("no"));
      pass(Duration.ofSeconds(5));
      transaction.commit(Durability.LOGGED);
    }
    assertThat(get("a-was-there")).isEqualTo("no");
  }

  @Test
  void underSnapshotIsolationTheEndOfAnEntryIsNoConflict() {
    put("a", "short", Duration.ofSeconds(5));
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      assertThat(transaction.get(keyspace, bytes("a"))).isNotNull();
      transaction.put(keyspace, bytes("b"), bytes("1"));
      pass(Duration.ofSeconds(5));
      transaction.commit(Durability.LOGGED);
    }
    assertThat(keys()).containsExactly("b");
  }

  @Test
  void aWriteThatHasExpiredAndIsMergedAwayStillConflicts() {
    put("a", "1");
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      transaction.put(keyspace, bytes("a"), bytes("mine"));
      put("a", "short", Duration.ofSeconds(1));
      pass(Duration.ofSeconds(2));
      keyspace.compact();
      assertThatThrownBy(() -> transaction.commit(Durability.LOGGED))
          .isInstanceOf(EngineException.TransactionConflict.class);
    }
    assertThat(keys()).isEmpty();
  }

  @Test
  void theDefaultAppliesToLaterPutsThatSayNothing() {
    put("a", "before");
    configure(keyspace.options().withDefaultTtl(HOUR));
    put("b", "default");
    put("c", "own", MINUTE);
    keyspace.put(bytes("d"), bytes("never"), Expiry.never(), Durability.LOGGED);
    database.write(new WriteBatch().put(keyspace, bytes("e"), bytes("batch")), Durability.LOGGED);
    try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
      transaction.put(keyspace, bytes("f"), bytes("transaction"));
      transaction.commit(Durability.LOGGED);
    }
    database.close();
    reopen();
    assertThat(keyspace.options().defaultTtl()).isEqualTo(HOUR);
    put("g", "default");
    configure(keyspace.options().withDefaultTtl(Duration.ZERO));
    put("h", "after");
    pass(MINUTE);
    assertThat(keys()).containsExactly("a", "b", "d", "e", "f", "g", "h");
    pass(HOUR);
    assertThat(keys()).containsExactly("a", "d", "h");
  }

  @Test
  void historyShowsNothingThatHasExpired() {
    configure(keyspace.options().withHistory(new History(Duration.ofDays(1), 5)));
    long first = put("a", "1");
    long second = put("a", "2", MINUTE);
    long third = put("a", "3", HOUR);
    for (Runnable work : List.<Runnable>of(() -> {}, keyspace::flush, keyspace::compact)) {
      work.run();
      assertThat(at("a", first)).isEqualTo("1");
      assertThat(at("a", second)).isEqualTo("2");
      assertThat(at("a", third)).isEqualTo("3");
    }
    pass(MINUTE);
    for (Runnable work : List.<Runnable>of(() -> {}, keyspace::compact)) {
      work.run();
      assertThat(at("a", first)).isEqualTo("1");
      assertThat(at("a", second)).isNull();
      assertThat(at("a", third)).isEqualTo("3");
    }
  }

  private @Nullable String at(String key, long version) {
    try (Snapshot past = database.snapshotAt(version)) {
      String found = text(keyspace.get(bytes(key), past));
      assertThat(keys(keyspace.scan(Range.all(), past)).contains(key)).isEqualTo(found != null);
      return found;
    }
  }

  @Test
  void flushesAndMergesGiveSpaceBack() {
    long removed = database.stats().expiredEntriesRemoved();
    for (int i = 0; i < 200; i++) {
      put("key-%03d".formatted(i), "x".repeat(200), i % 2 == 0 ? HOUR : HOUR.multipliedBy(2));
    }
    keyspace.compact();
    long full = keyspace.stats().runBytes();
    assertThat(keyspace.stats().expiringEntries()).isEqualTo(200);
    assertThat(keyspace.stats().expiredEntries()).isZero();
    pass(HOUR);
    assertThat(keyspace.stats().expiredEntries()).isEqualTo(100);
    keyspace.compact();
    assertThat(keyspace.stats().runBytes()).isBetween(full / 3, full * 2 / 3);
    assertThat(keyspace.stats().entries()).isEqualTo(100);
    assertThat(keys()).hasSize(100).contains("key-001").doesNotContain("key-000");
    pass(HOUR);
    keyspace.compact();
    assertThat(keyspace.stats().runBytes()).isZero();
    assertThat(database.stats().expiredEntriesRemoved() - removed).isEqualTo(200);
    put("again", "short", MINUTE);
    pass(MINUTE);
    keyspace.flush();
    assertThat(database.stats().expiredEntriesRemoved() - removed).isEqualTo(201);
    assertThat(keyspace.stats().expiringEntries()).isZero();
  }

  @Test
  void whatGoesDoesNotUncoverWhatItHid() {
    put("a", "old");
    put("b", "old");
    keyspace.compact();
    put("a", "short", MINUTE);
    put("c", "stays");
    pass(MINUTE);
    keyspace.flush();
    assertThat(keys()).containsExactly("b", "c");
    assertThat(get("a")).isNull();
    keyspace.compact();
    assertThat(keys()).containsExactly("b", "c");
    assertThat(keyspace.stats().entries()).isEqualTo(2);
  }

  @Test
  void momentsSurviveTheDeathOfTheProcess() {
    put("a", "old");
    put("a", "short", MINUTE);
    put("b", "longer", HOUR);
    Instant end = now().plus(HOUR);
    machine = machine.kill();
    reopen();
    Entry found = Objects.requireNonNull(keyspace.entry(bytes("b")));
    assertThat(found.expiresAt()).isEqualTo(end);
    pass(MINUTE);
    assertThat(keys()).containsExactly("b");
    machine = machine.kill();
    reopen();
    assertThat(keys()).containsExactly("b");
    pass(HOUR);
    assertThat(keys()).isEmpty();
  }

  @Test
  void aClockSetBackALittleBringsNothingBack() {
    put("a", "short", MINUTE);
    pass(MINUTE);
    assertThat(get("a")).isNull();
    machine.clock().jump(SteadyClock.STEP_BACK_MAX.negated());
    assertThat(get("a")).isNull();
    assertThat(keys()).isEmpty();
    put("b", "short", MINUTE);
    pass(MINUTE);
    assertThat(get("b")).as("time stands still").isEqualTo("short");
    pass(SteadyClock.STEP_BACK_MAX);
    assertThat(keys()).isEmpty();
  }

  @Test
  void aClockSetBackALotIsFollowed() {
    put("kept", "short", MINUTE);
    put("merged", "short", MINUTE);
    keyspace.flush();
    machine.clock().jump(Duration.ofDays(1));
    assertThat(keys()).isEmpty();
    put("kept", "again", MINUTE);
    machine.clock().jump(Duration.ofDays(-1));
    assertThat(keys()).as("expires a day later than it should").containsExactly("kept", "merged");
    assertThat(get("kept")).isEqualTo("again");
    put("new", "short", MINUTE);
    pass(MINUTE);
    assertThat(keys()).containsExactly("kept");
  }

  @Test
  void aClockSetForwardLetsEntriesExpireAndNothingElse() {
    put("a", "short", HOUR);
    put("b", "stays");
    machine.clock().jump(Duration.ofDays(365));
    assertThat(keys()).containsExactly("b");
    put("c", "short", HOUR);
    assertThat(keys()).containsExactly("b", "c");
  }

  @Test
  void aMomentThatHasPassedIsAsGoodAsADeletion() {
    put("a", "1");
    long version =
        keyspace.put(bytes("a"), bytes("2"), Expiry.at(now().minus(HOUR)), Durability.LOGGED);
    assertThat(get("a")).isNull();
    assertThat(database.visibleVersion()).isEqualTo(version);
    keyspace.put(bytes("b"), bytes("2"), Expiry.at(now()), Durability.LOGGED);
    assertThat(keys()).isEmpty();
  }

  @Test
  void timesToLiveHaveLimits() {
    for (Duration wrong :
        List.of(Duration.ZERO, HOUR.negated(), Duration.ofSeconds(Long.MIN_VALUE))) {
      assertThatThrownBy(() -> Expiry.after(wrong))
          .isInstanceOf(EngineException.LimitExceeded.class)
          .hasMessageContaining("ttl-millis-min");
    }
    for (Duration wrong : List.of(Duration.ofDays(36_526), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> Expiry.after(wrong))
          .isInstanceOf(EngineException.LimitExceeded.class)
          .hasMessageContaining("ttl-millis-max");
    }
    assertThatThrownBy(() -> keyspace.options().withDefaultTtl(HOUR.negated()))
        .isInstanceOf(EngineException.LimitExceeded.class);
    for (Instant early : List.of(Instant.EPOCH, Instant.MIN)) {
      assertThatThrownBy(() -> Expiry.at(early))
          .isInstanceOf(EngineException.LimitExceeded.class)
          .hasMessageContaining("expires-at-millis-min");
    }
    for (Instant late : List.of(Instant.parse("+10000-01-01T00:00:00Z"), Instant.MAX)) {
      assertThatThrownBy(() -> Expiry.at(late))
          .isInstanceOf(EngineException.LimitExceeded.class)
          .hasMessageContaining("expires-at-millis-max");
    }
    put("a", "1", Duration.ofDays(36_525));
    put("b", "1", Duration.ofNanos(1));
    assertThat(keys()).containsExactly("a", "b");
    pass(Duration.ofMillis(1));
    assertThat(keys()).containsExactly("a");
  }

  private void putMany(String prefix, int entries, Duration ttl) {
    for (int i = 0; i < entries; i++) {
      put(prefix + i, "x".repeat(50), ttl);
    }
  }

  @Test
  void anIdleMemtableGivesItsSpaceBackWhenMostOfItHasExpired() {
    long empty = keyspace.stats().memtableBytes();
    put("stays", "x");
    putMany("half-", 100, HOUR.dividedBy(2));
    putMany("hour-", 160, HOUR);
    long flushes = database.stats().flushes();
    machine.pass(Duration.ofSeconds(11));
    machine.pass(HOUR.dividedBy(2));
    machine.pass(MINUTE);
    assertThat(database.stats().flushes()).as("when less than half has expired").isEqualTo(flushes);
    assertThat(keyspace.stats().memtableBytes()).isGreaterThan(empty);

    machine.pass(HOUR);

    assertThat(database.stats().flushes()).isEqualTo(flushes + 1);
    assertThat(keyspace.stats().memtableBytes()).isEqualTo(empty);
    machine.pass(MINUTE);
    assertThat(keyspace.stats().entries()).as("entries on disk").isEqualTo(1);
    assertThat(keys()).containsExactly("stays");
    machine.pass(HOUR);
    machine.pass(HOUR);
    assertThat(database.stats().flushes()).as("once is enough").isEqualTo(flushes + 1);
  }

  @Test
  void aMemtableKeepsWhatASnapshotSees() {
    putMany("a", 50, HOUR);
    long flushes = database.stats().flushes();
    try (Snapshot snapshot = database.snapshot()) {
      machine.pass(HOUR);
      machine.pass(MINUTE);
      assertThat(database.stats().flushes()).isEqualTo(flushes);
      assertThat(keyspace.get(bytes("a1"), snapshot)).isNotNull();
    }
    machine.pass(MINUTE);
    assertThat(database.stats().flushes()).isEqualTo(flushes + 1);
  }

  @Test
  void aMemtableToWhichLittleIsWrittenDoesNotGrowForEver() {
    long most = 0;
    for (int i = 0; i < 1000; i++) {
      putMany("time-" + i + "-", 3, MINUTE);
      machine.pass(Duration.ofSeconds(15));
      most = Math.max(most, keyspace.stats().entries());
    }
    // Half of what is written in two minutes and a look, and as much that has not expired.
    assertThat(most).isLessThan(100);
  }

  @Test
  void aMemtableInWhichNothingExpiresIsLeftAlone() {
    put("a", "x");
    put("b", "x", HOUR.multipliedBy(1000));
    long flushes = database.stats().flushes();
    for (int i = 0; i < 100; i++) {
      machine.pass(HOUR);
    }
    assertThat(database.stats().flushes()).isEqualTo(flushes);
  }
}
