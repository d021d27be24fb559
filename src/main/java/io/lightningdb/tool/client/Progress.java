package io.lightningdb.tool.client;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/// A progress bar with rate and time left, for work that takes long, where a terminal is looked at. *Confined to one
/// thread.*
final class Progress implements AutoCloseable {
  private static final long PATIENCE_NANOS = 500_000_000L;
  private static final int WIDTH = 100;
  private static final int UPDATE_MILLIS = 200;
  private static final long MIB = 1 << 20;

  private final String name;
  private final @Nullable PrintStream terminal;
  private final String unit;
  private final long unitSize;
  private final long patienceNanos;
  private final long start = System.nanoTime();
  private @Nullable ProgressBar bar;

  private Progress(String name, Session session, String unit, long unitSize, long patienceNanos) {
    this.name = name;
    this.patienceNanos = patienceNanos;
    this.terminal = session.terminal();
    this.unit = unit;
    this.unitSize = unitSize;
  }

  /// Of bytes that are sent in parts: shown unless the first is all.
  static Progress ofParts(String name, Session session) {
    return new Progress(name, session, " MiB", MIB, 0);
  }

  /// Of bytes that come, after half a second.
  static Progress ofBytes(String name, Session session) {
    return new Progress(name, session, " MiB", MIB, PATIENCE_NANOS);
  }

  /// Of hundred, after half a second.
  static Progress ofPercent(String name, Session session) {
    return new Progress(name, session, " %", 1, PATIENCE_NANOS);
  }

  /// Shows how far it is.
  ///
  /// @param done how much is done
  /// @param all how much there is, or -1 if that is not known
  /// @param more what else is told
  void show(long done, long all, String more) {
    if (terminal == null) {
      return;
    }
    if (bar == null && done != all && System.nanoTime() - start >= patienceNanos) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setUnit(unit, unitSize)
              .showSpeed()
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setInitialMax(all)
              .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
              .build();
    }
    if (bar != null) {
      bar.maxHint(all);
      bar.setExtraMessage(more);
      bar.stepTo(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
