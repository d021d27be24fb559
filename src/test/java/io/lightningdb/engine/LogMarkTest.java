package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.log.LogInspection;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A mark behind what was synced: in front of it nothing can be lost without a word, and it can be lost itself without harm.
class LogMarkTest {
  // No memtable is full: whatever is in the log is nowhere else.
  private static final DatabaseOptions OPTIONS = Variant.TINY.withMemtables(1 << 20, 16);
  private static final Duration INTERVAL = OPTIONS.logSyncInterval();
  private static final int SEGMENT_BYTES = (int) OPTIONS.logSegmentBytes();

  // Header of a commit, header of an operation, key.
  private static final int PUT_BYTES = 12 + 12 + 8;
  private static final int MARK_BYTES = LogFormat.RECORD_HEADER_BYTES + LogFormat.MARK_BODY_BYTES;

  private Machine machine = Machine.empty();

  /// A put whose record ends at a multiple of 8, so that each of its bits is covered by its checksum.
  private static void put(Database database, int number, int valueBytes, Durability durability) {
    byte[] key = "key-%04d".formatted(number).getBytes(StandardCharsets.US_ASCII);
    database.keyspace("default").put(key, new byte[valueBytes], durability);
  }

  private static Map<String, byte[]> contents(Machine machine) {
    return new TreeMap<>(machine.storage().kill().contents());
  }

  private static Machine on(Map<String, byte[]> contents) {
    return Machine.on(SimulatedStorage.of(contents), 5);
  }

  private static LogScan.Result scan(Map<String, byte[]> contents) throws IOException {
    SimulatedStorage storage = SimulatedStorage.of(contents);
    return LogCheck.scan(storage, ManifestReader.read(storage).version(), (_, _, _) -> {});
  }

  private static List<LogInspection.Item> items(Map<String, byte[]> contents, String file)
      throws IOException {
    List<LogInspection.Item> items = new ArrayList<>();
    try (LogInspection log = LogInspection.open(SimulatedStorage.of(contents), file)) {
      for (var item = log.next(); item != null; item = log.next()) {
        items.add(item);
      }
    }
    return items;
  }

  private static List<Class<?>> kinds(Map<String, byte[]> contents, String file)
      throws IOException {
    List<Class<?>> kinds = new ArrayList<>();
    items(contents, file).forEach(item -> kinds.add(item.getClass()));
    return kinds;
  }

  /// The segment with the last record, and the place of that.
  private record End(String file, int start, int end) {}

  private static End lastMark(Map<String, byte[]> contents) throws IOException {
    LogScan.Scanned last =
        scan(contents).segments().stream()
            .filter(segment -> segment.end() > LogFormat.HEADER_BYTES)
            .toList()
            .getLast();
    String file = FileFormat.log(last.identity().sequence());
    int start = (int) last.end() - MARK_BYTES;
    assertThat(items(contents, file))
        .anySatisfy(item -> {
          assertThat(item).isInstanceOf(LogInspection.Mark.class);
          assertThat(item.position()).isEqualTo(start);
        });
    return new End(file, start, (int) last.end());
  }

  private static Map<String, byte[]> flipped(Map<String, byte[]> contents, String file, int bit) {
    Map<String, byte[]> damaged = new TreeMap<>(contents);
    byte[] bytes = Objects.requireNonNull(damaged.get(file)).clone();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    damaged.put(file, bytes);
    return damaged;
  }

  private static void assertDamaged(Map<String, byte[]> contents, String what) {
    assertThatThrownBy(() -> scan(contents)).as(what).isInstanceOf(CorruptionException.class);
  }

  private static void assertRefused(Map<String, byte[]> contents, String what) {
    Machine damaged = on(contents);
    assertThatThrownBy(() -> damaged.open(OPTIONS))
        .as(what)
        .isInstanceOf(EngineException.Corruption.class);
    assertThat(damaged.storage().differencesFrom(contents)).as(what).isEmpty();
  }

  private static long versionOf(Map<String, byte[]> contents) {
    try (Database database = on(contents).open(OPTIONS)) {
      return database.visibleVersion();
    }
  }

  @Test
  void everyBitInFrontOfAMarkIsProved() throws IOException {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.LOGGED);
    put(database, 2, 0, Durability.SYNCED);
    put(database, 3, 8, Durability.LOGGED);
    machine.pass(INTERVAL);
    machine.pass(INTERVAL);
    Map<String, byte[]> contents = contents(machine);
    End mark = lastMark(contents);
    assertThat(versionOf(contents)).isEqualTo(3);
    for (int bit = 0; bit < 8 * mark.start(); bit++) {
      assertDamaged(flipped(contents, mark.file(), bit), "bit " + bit);
    }
    assertRefused(flipped(contents, mark.file(), 8 * mark.start() - 1), "the last bit");
  }

  @Test
  void everyBitOfTheLastMarkCanBeLost() throws IOException {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.LOGGED);
    put(database, 2, 0, Durability.LOGGED);
    machine.pass(INTERVAL);
    machine.pass(INTERVAL);
    Map<String, byte[]> contents = contents(machine);
    End mark = lastMark(contents);
    for (int bit = 8 * mark.start(); bit < 8 * mark.end(); bit++) {
      try (Database again = on(flipped(contents, mark.file(), bit)).open(OPTIONS)) {
        assertThat(again.visibleVersion()).isEqualTo(2);
        assertThat(again.recovery().cut()).isEmpty();
      }
    }
  }

  @Test
  void whatASyncHasMadeDurableIsProvedAnIntervalLater() throws IOException {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.SYNCED);
    assertThat(kinds(contents(machine), FileFormat.log(1)))
        .containsExactly(
            LogInspection.Mark.class, LogInspection.Commit.class, LogInspection.Unused.class);
    machine.pass(INTERVAL);
    machine.pass(INTERVAL);
    machine.pass(INTERVAL);
    assertThat(kinds(contents(machine), FileFormat.log(1)))
        .containsExactly(
            LogInspection.Mark.class,
            LogInspection.Commit.class,
            LogInspection.Mark.class,
            LogInspection.Unused.class);
  }

  /// What a start has recovered, be it of a log that was cut, is proved before anything is acknowledged.
  @Test
  void whatAStartHasRecoveredIsProved() throws IOException {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.LOGGED);
    put(database, 2, 16, Durability.LOGGED);
    machine = machine.kill();
    machine.open(OPTIONS);
    Map<String, byte[]> contents = contents(machine);
    assertThat(kinds(contents, FileFormat.log(2)))
        .containsExactly(LogInspection.Mark.class, LogInspection.Unused.class);
    End mark = lastMark(contents);
    assertThat(mark.file()).isEqualTo(FileFormat.log(2));
    LogScan.Scanned old = scan(contents).segments().getFirst();
    for (int bit = 8 * LogFormat.HEADER_BYTES;
        bit < 8 * (old.end() + LogFormat.SEAL_BYTES);
        bit++) {
      assertDamaged(flipped(contents, FileFormat.log(1), bit), "bit " + bit);
    }
  }

  /// The room that the last commit leaves in its segment: around what a seal, and a mark with a seal behind it, take.
  static LongStream rooms() {
    return LongStream.rangeClosed(3, 9).map(i -> 8 * i);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void theEndOfASegmentIsProvedToo(long room) throws IOException {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.LOGGED);
    int used = LogFormat.HEADER_BYTES + MARK_BYTES + LogFormat.RECORD_HEADER_BYTES + PUT_BYTES + 16;
    int fill = SEGMENT_BYTES - (int) room - used - LogFormat.RECORD_HEADER_BYTES - PUT_BYTES;
    put(database, 2, fill, Durability.LOGGED);
    for (int i = 0; i < 3; i++) {
      machine.pass(INTERVAL);
    }
    Map<String, byte[]> contents = contents(machine);
    boolean fits = room >= MARK_BYTES + LogFormat.SEAL_BYTES;
    assertThat(kinds(contents, FileFormat.log(1)))
        .containsSubsequence(
            LogInspection.Commit.class,
            LogInspection.Commit.class,
            fits ? LogInspection.Mark.class : LogInspection.Seal.class);
    assertThat(lastMark(contents).file()).isEqualTo(FileFormat.log(fits ? 1 : 2));
    int end = 8 * (SEGMENT_BYTES - (int) room);
    for (int bit = end - 100; bit < end + (fits ? 0 : 8 * LogFormat.SEAL_BYTES); bit++) {
      assertDamaged(flipped(contents, FileFormat.log(1), bit), "bit " + bit);
    }
    assertThat(versionOf(contents)).isEqualTo(2);
  }

  /// A power failure before, within and behind each operation around marks and the ends of segments takes nothing that was synced, and is
  /// never taken for damage.
  @Test
  void aPowerFailureIsNeverDamage() {
    long marked = 0;
    long operations = Long.MAX_VALUE;
    for (long operation = 1; operation <= operations; operation++) {
      Machine first = Machine.on(new SimulatedStorage(), operation);
      Database database = first.open(OPTIONS);
      long before = first.storage().operations();
      first.storage().crashAt(before + operation);
      long durable = 0;
      try {
        for (int i = 0; i < 6; i++) {
          put(database, i, i == 3 ? SEGMENT_BYTES / 2 : 20_000, Durability.LOGGED);
          first.pass(INTERVAL);
          durable = first.storage().isDead() ? durable : i + 1;
          first.pass(INTERVAL);
        }
      } catch (EngineException.ReadOnly _) {
        assertThat(first.storage().isDead()).isTrue();
      }
      if (!first.storage().isDead()) {
        operations = operation;
      }
      for (long outcome = 1; outcome <= 8; outcome++) {
        Machine second = first.crash(outcome);
        try (Database again = second.open(OPTIONS)) {
          assertThat(again.visibleVersion()).isGreaterThanOrEqualTo(durable);
          marked++;
        }
        // Whatever the first opening has left, the next one finds it whole.
        versionOf(contents(second));
      }
    }
    assertThat(marked).isGreaterThan(100);
  }

  /// What was appended behind a mark and never synced is an unfinished end as before.
  @Test
  void behindAMarkAnEndCanBeUnfinished() throws IOException {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.LOGGED);
    machine.pass(INTERVAL);
    machine.pass(INTERVAL);
    End mark = lastMark(contents(machine));
    put(database, 2, 16, Durability.LOGGED);
    put(database, 3, 16, Durability.LOGGED);
    Map<String, byte[]> contents = contents(machine);
    try (Database again = on(flipped(contents, mark.file(), 8 * mark.end() + 300)).open(OPTIONS)) {
      assertThat(again.visibleVersion()).isEqualTo(1);
      assertThat(again.recovery().cut()).isPresent();
    }
    assertRefused(flipped(contents, mark.file(), 8 * mark.start() - 10), "in front of the mark");
  }

  @Test
  void whileNothingExpiresAnIdleLogIsNotWrittenTo() {
    Database database = machine.open(OPTIONS);
    put(database, 1, 16, Durability.LOGGED);
    machine.pass(INTERVAL);
    machine.pass(INTERVAL);
    long operations = machine.storage().operations();
    for (int i = 0; i < 20; i++) {
      machine.pass(Duration.ofSeconds(10));
    }
    assertThat(machine.storage().operations()).isEqualTo(operations);
  }

  /// Marks that keep the time do not use up segments.
  @Test
  void aFullSegmentDoesNotEndForTheSakeOfTheTime() throws IOException {
    Database database = machine.open(OPTIONS);
    database
        .keyspace("default")
        .put(new byte[8], new byte[8], Expiry.after(Duration.ofDays(1)), Durability.LOGGED);
    put(database, 2, SEGMENT_BYTES - 500, Durability.LOGGED);
    for (int i = 0; i < 40; i++) {
      machine.pass(Duration.ofSeconds(11));
    }
    assertThat(database.stats().logSegments()).isEqualTo(1);
    SimulatedStorage left = machine.storage().kill();
    assertThat(ManifestReader.read(left).version().momentMillis())
        .isEqualTo(machine.clock().millis());
  }
}
