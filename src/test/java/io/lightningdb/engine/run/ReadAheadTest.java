package io.lightningdb.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.ReadAdvice;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is asked for while leaves follow each other, or do not.
class ReadAheadTest {
  private static final long FILE_BYTES = (8 << 20) + 100;
  private static final int LEAF_BYTES = 4000;
  private static final int LEAVES = (int) (FILE_BYTES / LEAF_BYTES);
  private static final long KIB = 1024;

  private final Recorder recorder = new Recorder();
  private final MappedFile file = recorder.file();

  @AfterEach
  void close() {
    file.close();
  }

  private record Asked(long from, long to) {
    long bytes() {
      return to - from;
    }
  }

  /// Keeps what was asked for.
  private static final class Recorder extends PassingStorage {
    private final List<Asked> asked = new ArrayList<>();

    Recorder() {
      super(new SimulatedStorage());
    }

    MappedFile file() {
      try {
        return MappedFile.confined(this, "any");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public MemorySegment map(String name, Arena arena) {
      return arena.allocate(FILE_BYTES);
    }

    @Override
    public void advise(MemorySegment mapping, long position, long bytes, ReadAdvice advice) {
      assertThat(advice).isEqualTo(ReadAdvice.SOON);
      assertThat(mapping.byteSize()).isEqualTo(FILE_BYTES);
      assertThat(bytes).isPositive();
      assertThat(position).isBetween(0L, FILE_BYTES - bytes);
      asked.add(new Asked(position, position + bytes));
    }

    boolean covers(long from, long to) {
      return bytesWithin(from, to) == to - from;
    }

    /// What is asked for twice would be counted twice.
    long bytesWithin(long from, long to) {
      return asked.stream()
          .mapToLong(each -> Math.max(0, Math.min(to, each.to()) - Math.max(from, each.from())))
          .sum();
    }

    long bytes() {
      return asked.stream().mapToLong(Asked::bytes).sum();
    }

    long first() {
      return asked.stream().mapToLong(Asked::from).min().orElse(FILE_BYTES);
    }

    long end() {
      return asked.stream().mapToLong(Asked::to).max().orElse(0);
    }
  }

  private static boolean readLeaf(ReadAhead ahead, int number) {
    return ahead.reading((long) number * LEAF_BYTES, LEAF_BYTES);
  }

  @Test
  void aPassAsksForAllOnceAndIsAlwaysAhead() {
    ReadAhead ahead = ReadAhead.ofPass(file);
    for (int leaf = 0; leaf < LEAVES; leaf++) {
      assertThat(readLeaf(ahead, leaf)).isTrue();
      long end = (leaf + 1L) * LEAF_BYTES;
      assertThat(recorder.end() - end).isBetween(Math.min(512 * KIB, FILE_BYTES - end), 1024 * KIB);
    }
    assertThat(recorder.covers(0, FILE_BYTES)).isTrue();
    assertThat(recorder.asked).hasSizeLessThan((int) (FILE_BYTES / (64 * KIB)));
  }

  @Test
  void noCallAsksForMoreThanTheSystemTakes() {
    ReadAhead ahead = ReadAhead.ofPass(file);
    for (int leaf = 0; leaf < LEAVES; leaf++) {
      readLeaf(ahead, leaf);
    }
    assertThat(recorder.asked)
        .allSatisfy(each -> assertThat(each.bytes()).isLessThanOrEqualTo(128 * KIB));
  }

  @Test
  void aPassThatGoesElsewhereAsksThere() {
    ReadAhead ahead = ReadAhead.ofPass(file);
    readLeaf(ahead, 0);
    long elsewhere = 6L << 20;
    assertThat(ahead.reading(elsewhere, 100)).isTrue();
    assertThat(recorder.covers(elsewhere, elsewhere + 1024 * KIB)).isTrue();
    assertThat(recorder.bytesWithin(2048 * KIB, elsewhere)).isZero();
  }

  @Test
  void aShortScanAsksForNothing() {
    ReadAhead ahead = ReadAhead.ofScan(file);
    for (int leaf = 100; leaf < 108; leaf++) {
      assertThat(readLeaf(ahead, leaf)).isFalse();
    }
    assertThat(recorder.asked).isEmpty();
  }

  @Test
  void aScanAsksForMoreTheFurtherItComes() {
    ReadAhead ahead = ReadAhead.ofScan(file);
    int leaf = 0;
    long previous = 0;
    List<Long> windows = new ArrayList<>();
    while (leaf < LEAVES / 2) {
      readLeaf(ahead, leaf++);
      if (recorder.end() > previous) {
        previous = recorder.end();
        windows.add((previous - (long) leaf * LEAF_BYTES) / KIB);
      }
    }
    assertThat(windows).startsWith(64L, 128L, 256L, 512L, 512L);
    assertThat(windows).allSatisfy(each -> assertThat(each).isLessThanOrEqualTo(512L));
    assertThat(recorder.covers(recorder.first(), recorder.end())).isTrue();
  }

  @Test
  void aScanDownwardsAsksForWhatIsBelow() {
    ReadAhead ahead = ReadAhead.ofScan(file);
    int leaf = LEAVES - 1;
    for (; leaf > LEAVES / 2; leaf--) {
      readLeaf(ahead, leaf);
    }
    long position = (leaf + 1L) * LEAF_BYTES;
    assertThat(position - recorder.first()).isBetween(256 * KIB, 512 * KIB);
    assertThat(recorder.covers(recorder.first(), recorder.end())).isTrue();
    assertThat(recorder.end()).isLessThan(FILE_BYTES - 32 * KIB);

    for (; leaf >= 0; leaf--) {
      readLeaf(ahead, leaf);
    }
    assertThat(recorder.covers(0, recorder.end())).isTrue();
  }

  @Test
  void whoTurnsRoundBeginsAnew() {
    ReadAhead ahead = ReadAhead.ofScan(file);
    for (int leaf = 500; leaf < 600; leaf++) {
      readLeaf(ahead, leaf);
    }
    recorder.asked.clear();
    for (int leaf = 598; leaf >= 590; leaf--) {
      assertThat(readLeaf(ahead, leaf)).isFalse();
    }
    assertThat(recorder.asked).isEmpty();
    readLeaf(ahead, 589);
    assertThat(recorder.first()).isEqualTo(589L * LEAF_BYTES - 64 * KIB);
  }

  @Test
  void leavesThatWereCachedDoNotBreakTheRow() {
    ReadAhead ahead = ReadAhead.ofScan(file);
    for (int leaf = 0; leaf < 100; leaf += 10) {
      readLeaf(ahead, leaf);
    }
    assertThat(recorder.end()).isGreaterThan(100L * LEAF_BYTES);
  }

  @Test
  void readsAtRandomAskForNothing() {
    ReadAhead ahead = ReadAhead.ofScan(file);
    Random random = new Random(3);
    int leaf = 0;
    for (int i = 0; i < 10_000; i++) {
      leaf = (leaf + 20 + random.nextInt(LEAVES - 40)) % LEAVES;
      readLeaf(ahead, leaf);
    }
    assertThat(recorder.bytes()).isZero();
  }

  @Test
  void aPieceLongerThanTheWindowIsAskedForAsAWhole() {
    ReadAhead ahead = ReadAhead.ofPass(file);
    assertThat(ahead.reading(1000, 3L << 20)).isTrue();
    assertThat(recorder.covers(1000, 1000 + (3L << 20) + 1024 * KIB)).isTrue();
    assertThat(recorder.first()).isEqualTo(1000);
  }

  @Test
  void whatLiesOutsideTheFileIsNotAskedFor() {
    ReadAhead ahead = ReadAhead.ofPass(file);
    assertThat(ahead.reading(-1, 10)).isFalse();
    assertThat(ahead.reading(FILE_BYTES - 5, 6)).isFalse();
    assertThat(ahead.reading(Long.MAX_VALUE, 10)).isFalse();
    assertThat(ahead.reading(0, -1)).isFalse();
    assertThat(ahead.reading(10, Long.MAX_VALUE)).isFalse();
    file.askFor(Long.MAX_VALUE - 5, 10);
    file.askFor(FILE_BYTES, 1);
    assertThat(recorder.asked).isEmpty();

    assertThat(ahead.reading(FILE_BYTES - 5, 5)).isTrue();
    assertThat(recorder.asked).containsExactly(new Asked(FILE_BYTES - 5, FILE_BYTES));
  }
}
