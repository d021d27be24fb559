package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.engine.testkit.SteadyProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same work again and again holds no more at the end than at the beginning. `-Dlightning.leak.rounds=1000
/// -Dtest.child.minutes=30` does it for longer.
class LeakTest {
  private static final int ROUNDS = 14;

  // Until classes are loaded, buffers have their size and the log has its segments.
  private static final int ROUNDS_WARM_UP = 4;

  @Test
  void whatIsHeldStaysTheSame(@TempDir Path directory) throws IOException {
    int rounds = Math.max(ROUNDS, Integer.getInteger("lightning.leak.rounds", ROUNDS));
    List<long[]> samples = new ArrayList<>();
    try (ChildProcess child =
        ChildProcess.start(
            SteadyProcess.class, List.of(directory.toString(), Integer.toString(rounds)))) {
      for (int i = 0; i < rounds; i++) {
        String line = child.nextLine();
        samples.add(Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray());
      }
      child.expect("ok");
    }
    List<long[]> warm = samples.subList(ROUNDS_WARM_UP, rounds);
    for (long[] sample : samples) {
      System.out.println("LeakTest: heap, mapped, files, threads " + Arrays.toString(sample));
    }
    assertFlat("bytes of live heap", warm, 0, 512 << 10);
    assertFlat("bytes of mapped files", warm, 1, 512 << 10);
    assertFlat("file descriptors", warm, 2, 2);
    assertFlat("threads", warm, 3, 0);
  }

  /// What is held goes up and down: the collector packs the heap every fourth time only, and work in the background comes and
  /// goes. What is never given back raises the least of it.
  private static void assertFlat(String what, List<long[]> samples, int figure, long slack) {
    int half = samples.size() / 2;
    long first = least(samples.subList(0, half), figure);
    long last = least(samples.subList(half, samples.size()), figure);
    assertThat(last).as(what).isLessThanOrEqualTo(first + slack);
  }

  private static long least(List<long[]> samples, int figure) {
    return samples.stream().mapToLong(sample -> sample[figure]).min().orElseThrow();
  }
}
