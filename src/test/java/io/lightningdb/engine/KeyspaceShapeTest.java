package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is told of a keyspace is what it is made of.
class KeyspaceShapeTest {
  private static final int KIB = 1024;
  private static final int ALL = 10_000;
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults()
          .withLog(256 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * KIB, 4)
          .withRunBytesTarget(32 * KIB);

  private final Machine machine = Machine.empty();

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(UTF_8);
  }

  private static void fill(Keyspace keyspace, int from, int to) {
    SplittableRandom random = new SplittableRandom(from);
    byte[] value = new byte[100];
    for (int i = from; i < to; i++) {
      random.nextBytes(value);
      keyspace.put(key(i), value, Durability.LOGGED);
    }
  }

  private static List<KeyspaceShape.RunFile> files(KeyspaceShape shape) {
    return shape.levels().stream()
        .flatMap(level -> level.sortedRuns().stream())
        .flatMap(run -> run.runs().stream())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shapesAgreeWithFigures(Layout layout) {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults().withLayout(layout));
      fill(keyspace, 0, 5_000);
      fill(keyspace, 0, 5_000);
      keyspace.flush();
      keyspace.delete(key(1), Durability.LOGGED);

      KeyspaceShape shape = keyspace.shape(ALL);
      KeyspaceStats stats = keyspace.stats();

      assertThat(shape.runFilesLeftOut()).isZero();
      assertThat(files(shape).stream().map(KeyspaceShape.RunFile::file).distinct())
          .hasSize(stats.runFiles());
      assertThat(
              shape.levels().stream()
                  .map(level ->
                      new KeyspaceStats.Level(
                          level.level(), level.sortedRunsCount(), level.runFiles(), level.bytes())))
          .containsExactlyElementsOf(stats.levels());
      for (KeyspaceShape.Level level : shape.levels()) {
        // All is merged that is due.
        level
            .sortedRunsMax()
            .ifPresent(max -> assertThat(level.sortedRunsCount()).isLessThanOrEqualTo(max));
        level.bytesMax().ifPresent(max -> assertThat(level.bytes()).isLessThanOrEqualTo(max));
        for (KeyspaceShape.SortedRun run : level.sortedRuns()) {
          for (int i = 1; i < run.runs().size(); i++) {
            assertThat(run.runs().get(i).keys().overlaps(run.runs().get(i - 1).keys())).isFalse();
          }
        }
      }
      KeyspaceShape.Memtable active = shape.memtables().getFirst();
      assertThat(active.state()).isEqualTo(KeyspaceShape.MemtableState.ACTIVE);
      assertThat(active.deletions()).isEqualTo(1);
      assertThat(active.greatestVersion()).isEqualTo(database.visibleVersion());
    }
  }

  @Test
  void noMoreFilesAreListedThanAskedForAndTheNewestAre() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
      fill(keyspace, 0, 5_000);
      keyspace.compact();
      fill(keyspace, 0, 100);
      keyspace.flush();
      List<KeyspaceShape.RunFile> all = files(keyspace.shape(ALL));
      assertThat(all).hasSizeGreaterThan(10);

      for (int limit : new int[] {0, 1, 5, all.size()}) {
        KeyspaceShape shape = keyspace.shape(limit);
        assertThat(files(shape)).isEqualTo(all.subList(0, limit));
        assertThat(shape.runFilesLeftOut()).isEqualTo(all.size() - limit);
        assertThat(shape.levels().stream().mapToInt(KeyspaceShape.Level::runFiles).sum())
            .isEqualTo(all.size());
      }
    }
  }

  /// A full compaction asks now and then whether to go on, and is looked at from there.
  @Test
  void compactionsTellHowFarTheyAre() {
    try (Database database = machine.open(SMALL)) {
      Keyspace keyspace =
          database.keyspace("k", KeyspaceOptions.defaults().withLayout(Layout.WRITE_OPTIMIZED));
      for (int round = 0; round < 3; round++) {
        fill(keyspace, 0, 3_000);
        keyspace.flush();
      }
      List<KeyspaceShape.Compaction> seen = new ArrayList<>();

      keyspace.compact(() -> {
        seen.addAll(keyspace.shape(0).compactions());
        return false;
      });

      assertThat(seen).hasSizeGreaterThan(5);
      for (int i = 1; i < seen.size(); i++) {
        assertThat(seen.get(i).bytesDone())
            .isGreaterThanOrEqualTo(0)
            .isLessThanOrEqualTo(seen.get(i).bytesAll());
        assertThat(seen.get(i).since()).isEqualTo(seen.getFirst().since());
        assertThat(seen.get(i).bytesAll()).isEqualTo(seen.getFirst().bytesAll());
      }
      assertThat(seen.getLast().bytesDone()).isGreaterThan(seen.getFirst().bytesDone());
      assertThat(seen.getLast().bytesDone()).isGreaterThan(seen.getLast().bytesAll() / 2);
      assertThat(keyspace.shape(0).compactions()).isEmpty();
      assertThat(database.stats().compactionsRunning()).isZero();
    }
  }
}
