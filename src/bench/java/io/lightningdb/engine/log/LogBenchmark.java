package io.lightningdb.engine.log;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DiskStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Appends commits of one small put to a log. Each iteration begins a log of its own, so that the disk does not fill up.
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
public class LogBenchmark {
  private static final long SEGMENT_BYTES = 64L << 20;
  private static final int COMMIT_BYTES = 128;

  /// How records reach the page cache.
  @Param public AppendMode mode;

  private final byte[] commit = new byte[COMMIT_BYTES];
  private Path directory;
  private LogWriter log;
  private long version;

  /// Begins a log.
  ///
  /// @throws IOException if there is no room for it
  @Setup(Level.Iteration)
  public void open() throws IOException {
    directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "bench-");
    new SplittableRandom(1).nextBytes(commit);
    var start = new LogWriter.Start(1, SEGMENT_BYTES, 1, 0, new SplittableRandom(2));
    log = new LogWriter(DiskStorage.inDirectory(directory), Clock.SYSTEM, start, List.of());
    version = 0;
  }

  /// Deletes it.
  ///
  /// @throws IOException if something cannot be deleted
  @TearDown(Level.Iteration)
  public void close() throws IOException {
    log.close();
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /// Appends a commit; a new segment where one is full.
  ///
  /// @throws IOException if the disk fails
  @Benchmark
  public void append() throws IOException {
    log.append(++version, commit, commit.length, mode);
  }
}
