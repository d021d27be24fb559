package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.History;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Reads of every past moment against a model that has kept them all: exact or refused, kept as long as the history of the
/// keyspace says, and no longer once everything was merged.
class PastReadsTest {
  private static final int COMMITS = 400;
  private static final int KEYS = 12;
  private static final Duration AGE = Duration.ofSeconds(30);
  private static final int VERSIONS = 3;

  private static final DatabaseOptions TINY =
      DatabaseOptions.defaults()
          .withLog(64 << 10, Duration.ofMillis(100))
          .withMemtables(64 << 10, 2)
          .withRunBytesTarget(64 << 10);

  static Stream<Arguments> cases() {
    return Seeds.rounds(1)
        .boxed()
        .flatMap(seed ->
            Stream.of(
                Arguments.of(History.NONE, seed),
                Arguments.of(new History(AGE, 1), seed),
                Arguments.of(new History(Duration.ZERO, VERSIONS), seed),
                Arguments.of(new History(AGE, VERSIONS), seed)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areExactOrRefused(History history, long seed) {
    Run run = new Run(history, seed);
    try {
      run.run();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ", " + history + ": " + e.getMessage(), e);
    }
    Seeds.print(getClass(), seed, history + ": " + run.summary());
    assertThat(run.exact).isPositive();
    assertThat(run.refused).isPositive();
  }

  private static final class Run {
    private final History history;
    private final SplittableRandom random;
    private final Machine machine = Machine.empty();
    private final List<Moment> moments = new ArrayList<>();

    /// Versions of the entries of each key, deletions among them.
    private final Map<String, List<Integer>> entries = new HashMap<>();

    private Database database = machine.open(TINY);
    private Keyspace keyspace;
    private int exact;
    private int refused;

    /// What was to be seen at a version.
    ///
    /// @param content by key
    /// @param millis when it was committed
    private record Moment(NavigableMap<String, Cell> content, long millis) {}

    /// @param value the value
    /// @param version version of its commit
    private record Cell(long value, long version) {}

    Run(History history, long seed) {
      this.history = history;
      this.random = new SplittableRandom(seed);
      this.keyspace = database.keyspace("k", KeyspaceOptions.defaults().withHistory(history));
      moments.add(new Moment(new TreeMap<>(), machine.clock().millis()));
    }

    String summary() {
      return exact
          + " exact, "
          + refused
          + " refused, "
          + database.stats().compactions()
          + " merges";
    }

    void run() {
      while (moments.size() <= COMMITS) {
        commit();
        if (random.nextInt(3) == 0) {
          machine.pass(Duration.ofSeconds(1));
        }
        if (random.nextInt(8) == 0) {
          maintain();
          lookBack();
        }
      }
      outliveTheAge();
      keyspace.compact();
      nothingIsKeptWithoutNeed();
      lookBack();
      assertThat(database.checkIntegrity().faults()).isEmpty();
      database.close();
    }

    /// What was there when the database was opened counts as of that moment.
    private void outliveTheAge() {
      for (long second = 0; second < AGE.toSeconds() + 10; second++) {
        commit();
        machine.pass(Duration.ofSeconds(1));
      }
    }

    private void commit() {
      NavigableMap<String, Cell> content = new TreeMap<>(moments.getLast().content());
      long version = moments.size();
      WriteBatch batch = new WriteBatch();
      String key = "key-%02d".formatted(random.nextInt(KEYS));
      int choice = random.nextInt(20);
      boolean isRange = choice == 0;
      switch (choice) {
        case 0 -> {
          batch.deleteRange(keyspace, Range.from(Contents.key(key)));
          content.tailMap(key, true).clear();
        }
        case 1, 2, 3, 4 -> {
          batch.delete(keyspace, Contents.key(key));
          content.remove(key);
        }
        default -> {
          batch.put(keyspace, Contents.key(key), Contents.number(version, random));
          content.put(key, new Cell(version, version));
        }
      }
      assertThat(database.write(batch, Durability.LOGGED)).isEqualTo(version);
      if (!isRange) {
        entries.computeIfAbsent(key, _ -> new ArrayList<>()).add(moments.size());
      }
      moments.add(new Moment(content, machine.clock().millis()));
    }

    private void maintain() {
      switch (random.nextInt(6)) {
        case 0 -> {
          database.close();
          database = machine.open(TINY);
          keyspace = database.keyspace("k");
        }
        case 1, 2 -> keyspace.compact();
        default -> keyspace.flush();
      }
    }

    private void lookBack() {
      for (int version = 0; version < moments.size(); version++) {
        boolean readable = isReadable(version);
        exact += readable ? 1 : 0;
        refused += readable ? 0 : 1;
        if (isPromised(version)) {
          assertThat(readable).describedAs("version %d is to be kept", version).isTrue();
        }
      }
    }

    /// Whether a version can be read; if so, its content must be right in every way it can be asked for.
    private boolean isReadable(int version) {
      NavigableMap<String, Cell> content = moments.get(version).content();
      try (Snapshot past = database.snapshotAt(version)) {
        try (Scan scan = keyspace.scan(Range.all(), past)) {
          for (Map.Entry<String, Cell> entry : content.entrySet()) {
            assertThat(scan.next()).isTrue();
            assertThat(Contents.text(scan.key())).isEqualTo(entry.getKey());
            assertThat(scan.version()).isEqualTo(entry.getValue().version());
            assertThat(Contents.number(scan.value())).isEqualTo(entry.getValue().value());
          }
          assertThat(scan.next()).isFalse();
        }
        String key = "key-%02d".formatted(random.nextInt(KEYS));
        Entry found = keyspace.entry(Contents.key(key), past);
        Cell expected = content.get(key);
        assertThat(found == null ? 0 : found.version())
            .isEqualTo(expected == null ? 0 : expected.version());
        return true;
      } catch (EngineException.VersionNotRetained e) {
        assertThat(e.version()).isEqualTo(version);
        assertThat(e.oldestVersion()).isGreaterThan(version).isLessThan(moments.size());
        return false;
      }
    }

    /// Whatever was the newest version at any moment since the age began is promised, and whatever shows no entry older than
    /// the newest ones of its key that are counted.
    private boolean isPromised(int version) {
      boolean counted = history.versions() > 1 && version >= oldestCounted();
      return isPromisedByAge(version) || counted;
    }

    private int oldestCounted() {
      int oldest = 0;
      for (List<Integer> versions : entries.values()) {
        int index = versions.size() - history.versions();
        oldest = Math.max(oldest, index < 0 ? 0 : versions.get(index));
      }
      return oldest;
    }

    private boolean isPromisedByAge(int version) {
      long since = machine.clock().millis() - history.age().toMillis();
      boolean last = version == moments.size() - 1;
      return last || (!history.age().isZero() && moments.get(version + 1).millis() > since);
    }

    /// After everything was merged, a moment that shows an entry which neither age nor count keeps is gone.
    private void nothingIsKeptWithoutNeed() {
      long since = machine.clock().millis() - history.age().toMillis() - 2000;
      for (int version = 0; version < moments.size(); version++) {
        boolean old =
            history.age().isZero()
                || (version + 1 < moments.size() && moments.get(version + 1).millis() < since);
        if (old && showsSuperseded(version)) {
          int gone = version;
          assertThatThrownBy(
                  () -> {
                    try (Snapshot past = database.snapshotAt(gone)) {
                      keyspace.entry(Contents.key("key-00"), past);
                    }
                  })
              .describedAs("version %d is not to be kept", gone)
              .isInstanceOf(EngineException.VersionNotRetained.class);
        }
      }
    }

    /// Tells whether a moment shows an entry that was replaced by as many later values, before the age began, as the history
    /// keeps versions.
    private boolean showsSuperseded(int version) {
      long since = machine.clock().millis() - history.age().toMillis() - 2000;
      for (Map.Entry<String, Cell> entry : moments.get(version).content().entrySet()) {
        String key = entry.getKey();
        long seen = entry.getValue().version();
        int newer = 0;
        for (int later = version + 1; later < moments.size(); later++) {
          Cell cell = moments.get(later).content().get(key);
          boolean old = history.age().isZero() || moments.get(later).millis() < since;
          if (old && cell != null && cell.version() == later) {
            newer++;
          }
        }
        if (seen > 0 && newer >= history.versions()) {
          return true;
        }
      }
      return false;
    }
  }
}
