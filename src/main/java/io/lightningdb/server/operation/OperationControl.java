package io.lightningdb.server.operation;

/// What work has of the operation that it is done for. *Thread-safe.*
public interface OperationControl {

  /// Tells how far the work has come.
  ///
  /// @param done what is done, in any unit
  /// @param all what is to be done, as far as known
  void progress(long done, long all);

  /// Tells whether the work is to stop.
  ///
  /// @return true to stop soon
  boolean isCancelled();
}
