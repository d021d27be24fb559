package io.lightningdb.server.problem;

/// What a failure says of itself, to people.
public final class Reason {
  private Reason() {}

  /// The message of a failure.
  ///
  /// @param failure any failure
  /// @return its message, or its kind if it has none; never empty
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
