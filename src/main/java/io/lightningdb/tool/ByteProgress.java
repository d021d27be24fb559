package io.lightningdb.tool;

import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.integrity.IntegrityCheck;
import java.io.Console;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/// A progress bar for work on bytes that takes long. *Confined to one thread.*
final class ByteProgress implements IntegrityCheck.Progress, BackupRequest.Progress, AutoCloseable {
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  private static final long MIB = 1 << 20;
  private static final int WIDTH = 80;

  private final String name;
  private final @Nullable PrintStream terminal;
  private final LongSupplier nanoTime;
  private final long start;
  private @Nullable ProgressBar bar;

  /// Starts without a bar.
  ///
  /// @param name what is done, in a word
  /// @param terminal where a bar may be shown, or null
  /// @param nanoTime the clock
  ByteProgress(String name, @Nullable PrintStream terminal, LongSupplier nanoTime) {
    this.name = name;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /// Shows a bar on standard error if that is a terminal.
  @SuppressWarnings(
      "SystemConsoleNull") // It is null in JDKs whose default console is that of java.base.
  static ByteProgress onTerminal(String name) {
    Console console = System.console();
    boolean watched = console != null && console.isTerminal();
    return new ByteProgress(name, watched ? System.err : null, System::nanoTime);
  }

  @Override
  public void checked(long bytesChecked, long bytesAll) {
    done(bytesChecked, bytesAll);
  }

  @Override
  public void done(long bytesDone, long bytesAll) {
    if (terminal != null && bar == null && nanoTime.getAsLong() - start >= PATIENCE_NANOS) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setUnit(" MiB", MIB)
              .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
              .build();
    }
    if (bar != null) {
      bar.maxHint(bytesAll);
      bar.stepTo(bytesDone);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
