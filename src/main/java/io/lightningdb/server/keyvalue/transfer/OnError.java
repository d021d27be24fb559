package io.lightningdb.server.keyvalue.transfer;

/// What to do about a line that cannot be imported.
enum OnError {
  /// End the import there. What lies before is imported.
  STOP,
  /// Leave it out and go on.
  SKIP
}
