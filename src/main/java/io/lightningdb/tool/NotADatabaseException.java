package io.lightningdb.tool;

import java.io.IOException;

/// A command was pointed at something that the engine did not write.
final class NotADatabaseException extends IOException {
  private static final long serialVersionUID = 1L;

  NotADatabaseException(String message) {
    super(message);
  }
}
