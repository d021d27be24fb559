package io.lightningdb.engine.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs whose files stay, mapped and on disk, until this is closed. *Thread-safe.*
public final class PinnedRuns implements AutoCloseable {
  private final List<SharedRun> runs;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Retains runs that another holder keeps from going meanwhile.
  PinnedRuns(List<SharedRun> runs) {
    this.runs = List.copyOf(runs);
    this.runs.forEach(SharedRun::retain);
  }

  /// The runs.
  ///
  /// @return newest first; parts of one file each on their own
  public List<SharedRun> runs() {
    return runs;
  }

  /// Lets go of the runs. Closing twice is allowed.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      runs.forEach(SharedRun::release);
    }
  }
}
