package io.lightningdb.engine.store;

import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.Run;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A run that several views use. *Thread-safe.* It starts with no user; when the last one lets go it is handed on to be
/// unmapped, and deleted if no manifest names it any more.
public final class SharedRun {
  private final RunRecord record;
  private final Run run;
  private final Consumer<SharedRun> whenUnused;
  private final AtomicInteger users = new AtomicInteger();
  private volatile boolean obsolete;

  /// Takes a run into use.
  ///
  /// @param record what the manifest says of it
  /// @param run the run
  /// @param whenUnused gets this when the last user has let go
  public SharedRun(RunRecord record, Run run, Consumer<SharedRun> whenUnused) {
    this.record = record;
    this.run = run;
    this.whenUnused = whenUnused;
  }

  void retain() {
    users.incrementAndGet();
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      whenUnused.accept(this);
    }
  }

  /// What the manifest says or said of the run.
  ///
  /// @return the record
  public RunRecord record() {
    return record;
  }

  /// The run itself, for those who have pinned a view that holds it.
  ///
  /// @return the run
  public Run run() {
    return run;
  }

  /// Says that no manifest names the run any more.
  void makeObsolete() {
    obsolete = true;
  }

  /// Tells whether the file can go once the run is unused.
  ///
  /// @return true if no manifest names it
  public boolean isObsolete() {
    return obsolete;
  }
}
