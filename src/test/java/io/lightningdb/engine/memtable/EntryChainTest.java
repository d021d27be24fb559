package io.lightningdb.engine.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.Operation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The versions of one key in a memtable: any of them is found, and without walking through all that are newer.
class EntryChainTest {
  private static final int VERSIONS = 300_000;
  private static final Memtable.Change CHANGE =
      new Memtable.Change(Operation.PUT, new byte[] {7, 8, 9}, 0, 1, 1, 2);

  private final EntryArena arena = new EntryArena(64 << 20);

  /// Versions 2, 4, 6 and so on.
  private long chain() {
    long newest = EntryArena.NONE;
    for (int i = 1; i <= VERSIONS; i++) {
      newest = arena.add(2L * i, newest, CHANGE);
    }
    return newest;
  }

  @Test
  void anyVersionIsAFewStepsAway() {
    long newest = chain();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      long readVersion = random.nextLong(2L * VERSIONS + 2);
      int steps = 0;
      long entry = newest;
      while (entry != EntryArena.NONE && arena.version(entry) > readVersion) {
        entry = arena.older(entry, readVersion);
        steps++;
      }
      assertThat(steps).isLessThan(60);
      assertThat(entry).isEqualTo(arena.newestUpTo(newest, readVersion));
      assertThat(entry == EntryArena.NONE ? 0 : arena.version(entry))
          .isEqualTo(readVersion / 2 * 2);
    }
    assertThat(arena.newestUpTo(newest, 1)).isEqualTo(EntryArena.NONE);
  }

  @Test
  void theWholeChainIsStillThereOneByOne() {
    long entry = chain();
    for (int i = VERSIONS; i >= 1; i--) {
      assertThat(arena.version(entry)).isEqualTo(2L * i);
      entry = arena.previous(entry);
    }
    assertThat(entry).isEqualTo(EntryArena.NONE);
  }
}
