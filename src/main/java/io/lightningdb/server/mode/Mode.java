package io.lightningdb.server.mode;

/// What the service does.
enum Mode {
  /// Everything.
  READ_WRITE,

  /// Refuses writes and changes of keyspaces.
  READ_ONLY,

  /// Refuses everything but administration and Actuator.
  MAINTENANCE
}
