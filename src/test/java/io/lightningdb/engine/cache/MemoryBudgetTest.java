package io.lightningdb.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cache.MemoryBudget.Part;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final int KIB = 1024;
  private static final long BUDGET = 10_000L * KIB;

  private static void fill(MemoryBudget budget, int blocks) {
    BlockSlots<String> file = budget.cache().slots(blocks);
    for (int i = 0; i < blocks; i++) {
      file.put(i, "x", KIB);
    }
  }

  @Test
  void theCacheGivesWayToOthersAndGrowsAgain() {
    MemoryBudget budget = new MemoryBudget(BUDGET, Long.MAX_VALUE);
    fill(budget, 12_000);
    assertThat(budget.cache().figures().bytes()).isBetween(BUDGET * 9 / 10, BUDGET);

    budget.account(Part.MEMTABLES).charge(BUDGET * 3 / 10);
    budget.account(Part.MAINTENANCE).charge(BUDGET * 3 / 10);

    assertThat(budget.cache().figures().bytes()).isLessThanOrEqualTo(BUDGET * 41 / 100);
    budget.account(Part.TRANSACTIONS).charge(BUDGET);
    assertThat(budget.cache().figures().blocks()).isZero();
    budget.account(Part.TRANSACTIONS).charge(-BUDGET);
    budget.account(Part.MEMTABLES).charge(-BUDGET * 3 / 10);
    budget.account(Part.MAINTENANCE).charge(-BUDGET * 3 / 10);
    fill(budget, 12_000);
    assertThat(budget.cache().figures().bytes()).isBetween(BUDGET * 9 / 10, BUDGET);
  }

  @Test
  void theCacheHasABoundOfItsOwn() {
    MemoryBudget budget = new MemoryBudget(BUDGET, BUDGET / 10);

    fill(budget, 12_000);

    assertThat(budget.cache().figures().bytes()).isLessThanOrEqualTo(BUDGET / 10);
  }

  @Test
  void memtablesAreBehindBetweenAFifthAndTwo() {
    MemoryBudget budget = new MemoryBudget(BUDGET, Long.MAX_VALUE);
    MemoryAccount memtables = budget.account(Part.MEMTABLES);
    memtables.charge(BUDGET / 5);
    assertThat(budget.memtablesBehind(0)).isZero();
    assertThat(budget.takeFlushWanted()).isFalse();

    memtables.charge(BUDGET / 10);

    assertThat(budget.memtablesBehind(0)).isBetween(0.49, 0.51);
    assertThat(budget.memtablesBehind(BUDGET / 10)).isZero();
    assertThat(budget.takeFlushWanted()).isTrue();
    assertThat(budget.takeFlushWanted()).isFalse();
    memtables.charge(BUDGET / 2);
    assertThat(budget.memtablesBehind(0)).isEqualTo(1);
    assertThat(budget.bytes(Part.MEMTABLES)).isEqualTo(BUDGET * 8 / 10);
  }
}
