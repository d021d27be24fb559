package io.lightningdb.engine.store;

import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.Run;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A run, or a part of one, that several views use. *Thread-safe.* The parts of a run share its file, which starts with
/// no user; when the last one lets go it is handed on to be unmapped, and deleted if no manifest names it any more.
public final class SharedRun {
  private final RunRecord record;
  private final SharedFile file;

  /// Takes a run into use.
  ///
  /// @param record what the manifest says of it
  /// @param run the run
  /// @param whenUnused gets the run when the last user has let go
  public SharedRun(RunRecord record, Run run, Consumer<SharedFile> whenUnused) {
    this(record, new SharedFile(run, whenUnused));
  }

  private SharedRun(RunRecord record, SharedFile file) {
    this.record = record;
    this.file = file;
  }

  /// The file of a run. *Thread-safe.*
  public static final class SharedFile {
    private final Run run;
    private final Consumer<SharedFile> whenUnused;
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean obsolete;

    private SharedFile(Run run, Consumer<SharedFile> whenUnused) {
      this.run = run;
      this.whenUnused = whenUnused;
    }

    /// The run in the file.
    ///
    /// @return the run
    public Run run() {
      return run;
    }

    /// Tells whether the file can go once the run is unused.
    ///
    /// @return true if no manifest names it
    public boolean isObsolete() {
      return obsolete;
    }
  }

  /// The same file with another record: elsewhere, or a part of it.
  ///
  /// @param changed what the manifest says now
  /// @return shares the file with this one
  public SharedRun with(RunRecord changed) {
    return new SharedRun(changed, file);
  }

  void retain() {
    file.users.incrementAndGet();
  }

  void release() {
    if (file.users.decrementAndGet() == 0) {
      file.whenUnused.accept(file);
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
    return file.run;
  }

  /// Says that no manifest names the run any more.
  void makeObsolete() {
    file.obsolete = true;
  }
}
