package io.lightningdb.engine;

import org.jspecify.annotations.Nullable;

/// Whether the engine is open, and whether it takes writes. *Thread-safe.*
///
/// Every part of the engine asks it before it begins something for a caller, and again after a wait. Only [Engine]
/// changes it.
final class Availability {
  private final Failures failures;
  private volatile boolean closed;

  // Why writes are switched off, if they are.
  private volatile @Nullable String writesOffReason;

  /// Open, and takes writes.
  ///
  /// @param failures those for which writes are refused
  Availability(Failures failures) {
    this.failures = failures;
  }

  /// From now on the engine is closed.
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /// Whether nothing that a thread waits for will come: the engine is closed, or a write has failed.
  boolean isStopped() {
    return closed || failures.writeFailure().isPresent();
  }

  void throwIfClosed() {
    if (closed) {
      throw new EngineException.Closed("the database");
    }
  }

  void throwIfWritesAreRefused() {
    failures.throwIfReadOnly();
    String reason = writesOffReason;
    if (reason != null) {
      throw new EngineException.WritesSwitchedOff(reason);
    }
  }

  /// Refuses writes from now on, or takes them again. Writes that are under way are for [Engine#writesOff] to end.
  ///
  /// @param reason what those who want to write are told; null to take them again
  void writesOff(@Nullable String reason) {
    writesOffReason = reason;
  }

  /// What a write is told that met the switch after it was let in.
  EngineException switchedOff() {
    String reason = writesOffReason;
    return new EngineException.WritesSwitchedOff(
        reason == null ? "they were when the write came" : reason);
  }
}
