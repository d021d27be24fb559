package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.SmallHeapProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database larger than the memory there is. `-Dlightning.heap.entries=8000000 -Dtest.child.minutes=30` makes it fifty times larger
/// than the heap.
class SmallHeapTest {
  private static final int ENTRIES = 250_000;

  @Test
  void aSmallHeapIsEnough(@TempDir Path directory) throws IOException {
    String entries = Integer.toString(Integer.getInteger("lightning.heap.entries", ENTRIES));
    for (String step : List.of("fill", "check")) {
      try (ChildProcess child =
          ChildProcess.startWithHeap(
              "64m", SmallHeapProcess.class, List.of(directory.toString(), step, entries))) {
        child.expect("ok");
      }
    }
    assertThat(Database.verify(directory, (_, _) -> {}).faults()).isEmpty();
  }
}
