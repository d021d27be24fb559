package io.lightningdb.engine;

import io.lightningdb.engine.commit.ConditionFailedException;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.integrity.Quarantine;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DirectoryLockedException;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.store.HistoryGoneException;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Remembers what went wrong and turns it into the exceptions of the API. *Thread-safe.*
///
/// The first failure to write sticks: from then on the engine refuses writes and names it, until [#writeResumed].
final class Failures {
  private static final int FAULTS_MAX = 100;
  private static final Duration SHORTAGE_RETRY_AFTER = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final List<IntegrityReport.Fault> faults = new ArrayList<>();
  private final Clock clock;
  private final Quarantine quarantine;
  private volatile Optional<IOException> writeFailure = Optional.empty();
  private volatile long failedNanos;

  Failures(Clock clock, Quarantine quarantine) {
    this.clock = clock;
    this.quarantine = quarantine;
  }

  /// The damaged parts of runs.
  Quarantine quarantine() {
    return quarantine;
  }

  /// Takes a failure to write. Returns the first one.
  IOException writeFailed(IOException cause) {
    lock.lock();
    try {
      if (writeFailure.isEmpty()) {
        failedNanos = clock.nanoTime();
        writeFailure = Optional.of(cause);
      }
      return writeFailure.orElse(cause);
    } finally {
      lock.unlock();
    }
  }

  /// What failed works again, and nothing that was acknowledged depends on what it did before.
  void writeResumed() {
    lock.lock();
    try {
      writeFailure = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  Optional<IOException> writeFailure() {
    return writeFailure;
  }

  /// Whether writes are refused because of a want of the system, which may pass by itself.
  boolean isPassing() {
    return writeFailure.filter(ResourceExhaustedException::isBehind).isPresent();
  }

  /// How long ago that was.
  Optional<Duration> writeFailureAge() {
    return writeFailure.map(_ -> Duration.ofNanos(clock.nanoTime() - failedNanos));
  }

  void throwIfReadOnly() {
    if (writeFailure.isPresent()) {
      throw new EngineException.ReadOnly(writeFailure.get());
    }
  }

  /// Takes damage that was met. Returns the block that is damaged, if it is one of a run in use.
  Optional<QuarantinedBlock> damaged(CorruptionException damage, Finder by) {
    note(damage);
    return quarantine.add(damage, by);
  }

  private void note(CorruptionException damage) {
    lock.lock();
    try {
      var fault = new IntegrityReport.Fault(damage.file(), damage.offset(), damage.reason());
      if (faults.size() < FAULTS_MAX && !faults.contains(fault)) {
        faults.add(fault);
      }
    } finally {
      lock.unlock();
    }
  }

  List<IntegrityReport.Fault> faults() {
    lock.lock();
    try {
      return List.copyOf(faults);
    } finally {
      lock.unlock();
    }
  }

  /// Turns a failure of a read into what the caller gets.
  EngineException ofRead(IOException cause) {
    return ofRead(cause, Finder.READ);
  }

  /// Turns a failure to copy what a cursor shows into what the caller gets.
  EngineException ofRead(UncheckedIOException cause) {
    return ofRead(Objects.requireNonNull(cause.getCause()));
  }

  /// Turns a failure of a read of some kind into what the caller gets.
  EngineException ofRead(IOException cause, Finder by) {
    return switch (cause) {
      case CorruptionException damage ->
          new EngineException.Corruption(damage, damaged(damage, by).orElse(null));
      case ResourceExhaustedException shortage -> ofShortage(shortage);
      default -> translate("a read failed", cause);
    };
  }

  /// Turns a failure of a write into what the caller gets. What is not the caller's matter sticks.
  EngineException ofWrite(IOException cause) {
    return switch (cause) {
      case KeyspaceGoneException _, StoreClosedException _ -> translate("a write failed", cause);
      case CorruptionException damage ->
          new EngineException.Corruption(damage, damaged(damage, Finder.READ).orElse(null));
      case ResourceExhaustedException shortage -> ofShortage(shortage);
      default -> new EngineException.ReadOnly(writeFailed(cause));
    };
  }

  /// What the system refused before anything was changed is worth another try.
  static EngineException.Overloaded ofShortage(ResourceExhaustedException shortage) {
    return new EngineException.Overloaded(
        "the system has no more " + shortage.resource().text() + ": " + shortage.getMessage(),
        SHORTAGE_RETRY_AFTER);
  }

  static EngineException.ConditionFailed ofCondition(ConditionFailedException cause) {
    return new EngineException.ConditionFailed(
        cause.index(), cause.actualVersion(), String.valueOf(cause.getMessage()));
  }

  /// Turns an exception of the parts into one of the API.
  static EngineException translate(String what, IOException cause) {
    return switch (cause) {
      case CorruptionException damage -> new EngineException.Corruption(damage, null);
      case FormatTooNewException tooNew ->
          new EngineException.FormatTooNew(String.valueOf(tooNew.getMessage()), tooNew);
      case DirectoryLockedException locked ->
          new EngineException.DirectoryInUse(
              String.valueOf(locked.getMessage()), locked.holder(), locked);
      case KeyspaceGoneException gone -> new EngineException.KeyspaceNotFound(gone.name());
      case HistoryGoneException gone ->
          new EngineException.VersionNotRetained(
              String.valueOf(gone.getMessage()), gone.version(), gone.oldestVersion());
      case StoreClosedException _ -> new EngineException.Closed("the database");
      default -> new EngineException.StorageFailed(what, cause);
    };
  }
}
