package io.lightningdb.tool;

import io.lightningdb.engine.integrity.IntegrityCheck;
import java.io.Console;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/// A progress bar for a check that takes long. *Confined to one thread.*
final class VerifyProgress implements IntegrityCheck.Progress, AutoCloseable {
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  private static final long MIB = 1 << 20;
  private static final int WIDTH = 80;

  private final @Nullable PrintStream terminal;
  private final LongSupplier nanoTime;
  private final long start;
  private @Nullable ProgressBar bar;

  /// Starts without a bar.
  ///
  /// @param terminal where a bar may be shown, or null
  /// @param nanoTime the clock
  VerifyProgress(@Nullable PrintStream terminal, LongSupplier nanoTime) {
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /// Shows a bar on standard error if somebody is looking.
  @SuppressWarnings(
      "SystemConsoleNull") // It is null in JDKs whose default console is that of java.base.
  static VerifyProgress onTerminal() {
    Console console = System.console();
    boolean watched = console != null && console.isTerminal();
    return new VerifyProgress(watched ? System.err : null, System::nanoTime);
  }

  @Override
  public void checked(long bytesChecked, long bytesAll) {
    if (terminal != null && bar == null && nanoTime.getAsLong() - start >= PATIENCE_NANOS) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("verify")
              .setUnit(" MiB", MIB)
              .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
              .build();
    }
    if (bar != null) {
      bar.maxHint(bytesAll);
      bar.stepTo(bytesChecked);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
