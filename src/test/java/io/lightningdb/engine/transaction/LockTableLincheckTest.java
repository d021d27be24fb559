package io.lightningdb.engine.transaction;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.testkit.Seeds;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/// The lock table under Lincheck: whatever its threads do at once, the answers are those of some order. Locks are asked for
/// without waiting, because a wait that ends by the clock has no place in an order.
@Param(name = "transaction", gen = IntGen.class, conf = "1:3")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class LockTableLincheckTest {
  private static final Clock STOPPED =
      new Clock() {
        @Override
        public long millis() {
          return 0;
        }

        @Override
        public long nanoTime() {
          return 0;
        }
      };

  private final LockTable table = new LockTable(STOPPED);

  private static KeyRef key(int number) {
    return new KeyRef(1, new byte[] {(byte) number});
  }

  @Operation
  public boolean lock(@Param(name = "transaction") int transaction, @Param(name = "key") int number)
      throws DeadlockException, InterruptedException {
    return table.lock(transaction, key(number), 0, () -> false);
  }

  @Operation
  public void releaseAll(@Param(name = "transaction") int transaction) {
    table.releaseAll(transaction);
  }

  @Operation
  public boolean holds(
      @Param(name = "transaction") int transaction, @Param(name = "key") int number) {
    return table.keysOf(transaction).contains(key(number));
  }

  @Operation
  public int size() {
    return table.size();
  }

  @Operation
  public int waiting() {
    return table.waiting();
  }

  @Test
  void isLinearizableInCheckedSchedules() {
    new ModelCheckingOptions()
        .iterations(3)
        .invocationsPerIteration(12 * Seeds.campaign())
        .threads(2)
        .actorsPerThread(3)
        .check(getClass());
  }

  @Test
  void isLinearizableUnderStress() {
    new StressOptions()
        .iterations(5)
        .invocationsPerIteration(500 * Seeds.campaign())
        .threads(3)
        .actorsPerThread(3)
        .check(getClass());
  }
}
