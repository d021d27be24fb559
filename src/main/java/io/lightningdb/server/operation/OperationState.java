package io.lightningdb.server.operation;

/// How far an operation has come.
public enum OperationState {
  /// It is being done.
  RUNNING,
  /// It was done.
  SUCCEEDED,
  /// It could not be done; its problem says why.
  FAILED,
  /// It was stopped.
  CANCELLED,
  /// The service ended before it did.
  INTERRUPTED
}
