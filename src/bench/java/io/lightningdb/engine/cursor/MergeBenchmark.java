package io.lightningdb.engine.cursor;

import io.lightningdb.engine.SampleEntries;
import io.lightningdb.engine.memtable.Memtable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Merging sources that interleave at random, one thread: what each entry costs beyond walking it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgs = {
      "-Xms2g",
      "-Xmx2g",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@NullUnmarked // JMH sets the fields up.
public class MergeBenchmark {
  private static final int ENTRIES = 100_000;

  /// How many sources the entries are spread over.
  @Param({"1", "2", "4", "8"})
  public int sources;

  private final List<Memtable> memtables = new ArrayList<>();

  /// Fills the sources.
  @Setup
  public void fill() {
    for (int i = 0; i < sources; i++) {
      memtables.add(new SampleEntries(i).memtable(i, sources, ENTRIES / sources));
    }
  }

  /// Walks all entries of all sources.
  ///
  /// @return how many
  /// @throws IOException never: it is all in memory
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public int merge() throws IOException {
    List<EntryCursor> cursors = new ArrayList<>();
    memtables.forEach(memtable -> cursors.add(memtable.allVersions()));
    EntryCursor merged = MergingCursor.all(cursors);
    int count = 0;
    while (merged.next()) {
      count++;
    }
    return count;
  }
}
