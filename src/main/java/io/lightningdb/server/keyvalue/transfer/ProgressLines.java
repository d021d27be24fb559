package io.lightningdb.server.keyvalue.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;

/// Tells a client how far its import has come, a line at a time. *Not thread-safe.*
///
/// Lines come seldom enough that those of a long import fit into the buffers of a connection whose client does not read
/// before it has sent everything.
final class ProgressLines implements Consumer<ImportProgress> {
  private static final long PAUSE_NANOS = 200_000_000;

  private final OutputStream target;
  private final JsonMapper json;
  private final LongSupplier nanoTime;

  private boolean begun;
  private long lastNanos;

  /// Writes lines.
  ///
  /// @param target takes them; stays open
  /// @param json writes JSON
  /// @param nanoTime monotonic time, in nanoseconds
  ProgressLines(OutputStream target, JsonMapper json, LongSupplier nanoTime) {
    this.target = target;
    this.json = json;
    this.nanoTime = nanoTime;
  }

  /// One line while the import runs.
  ///
  /// @param acknowledgedLines lines up to which everything is committed
  /// @param version version of the last commit
  private record Progress(long acknowledgedLines, long version) {}

  @Override
  public void accept(ImportProgress progress) {
    long now = nanoTime.getAsLong();
    if (begun && now - lastNanos < PAUSE_NANOS) {
      return;
    }
    lastNanos = now;
    try {
      write(new Progress(progress.acknowledgedLines(), progress.version()));
      target.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the client of the import is gone", e);
    }
  }

  /// Writes the last line.
  ///
  /// @param report what the import did
  /// @throws IOException if the client is gone
  void finish(ImportProgress.Report report) throws IOException {
    write(Map.of("result", report));
  }

  /// Tells whether anything was written.
  ///
  /// @return true if the status of the answer is settled
  boolean hasBegun() {
    return begun;
  }

  private void write(Object line) throws IOException {
    begun = true;
    target.write((json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
