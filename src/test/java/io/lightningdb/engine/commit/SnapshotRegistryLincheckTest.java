package io.lightningdb.engine.commit;

import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.testkit.Seeds;
import java.util.List;
import java.util.stream.LongStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The snapshot registry under Lincheck, beside a sequencer that publishes versions: a merge that asks for the open versions
/// hears of every snapshot that was opened before, at the version it reads.
@Param(name = "slot", gen = IntGen.class, conf = "1:" + SnapshotRegistryLincheckTest.SLOTS)
public class SnapshotRegistryLincheckTest {
  static final int SLOTS = 3;

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

  private final VisibleVersion visible = new VisibleVersion(0);
  private final SnapshotRegistry registry =
      new SnapshotRegistry(visible, STOPPED, MemoryAccount.NONE);
  private final SnapshotRegistry.@Nullable Registration[] slots =
      new SnapshotRegistry.Registration[SLOTS + 1];

  /// There is one sequencer.
  @Operation(nonParallelGroup = "sequencer")
  public long publish() {
    visible.publish(visible.get() + 1);
    return visible.get();
  }

  /// Each slot belongs to one caller.
  @Operation(nonParallelGroup = "caller")
  public long register(@Param(name = "slot") int slot) {
    if (slots[slot] != null) {
      return -1;
    }
    SnapshotRegistry.Registration opened = registry.register();
    slots[slot] = opened;
    return opened.version();
  }

  @Operation(nonParallelGroup = "caller")
  public boolean close(@Param(name = "slot") int slot) {
    SnapshotRegistry.@Nullable Registration open = slots[slot];
    if (open == null) {
      return false;
    }
    slots[slot] = null;
    open.close();
    return !open.isOpen();
  }

  @Operation
  public List<Long> versions() {
    return LongStream.of(registry.versions()).boxed().toList();
  }

  @Operation
  public int count() {
    return registry.count();
  }

  @Test
  void isLinearizableInCheckedSchedules() {
    new ModelCheckingOptions()
        .iterations(3)
        .invocationsPerIteration(10 * Seeds.campaign())
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
