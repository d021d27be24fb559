package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Expiry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/// When an entry expires, as clients write it: a time to live such as `PT1H`, or `none`; or a moment such as
/// `2030-01-01T00:00:00Z`.
public final class ExpiryText {
  private static final String NONE = "none";

  private ExpiryText() {}

  /// Reads a time to live.
  ///
  /// @param text ISO 8601 duration, or `none`
  /// @return when an entry written now expires
  /// @throws IllegalArgumentException if it is something else; the message says what it must be, as the rest of a
  ///     sentence
  /// @throws io.lightningdb.engine.EngineException.LimitExceeded if it is out of range
  public static Expiry ttl(String text) {
    if (text.equals(NONE)) {
      return Expiry.never();
    }
    try {
      return Expiry.after(Duration.parse(text));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "must be an ISO 8601 duration such as PT1H or P7D, or none", e);
    }
  }

  /// Reads a moment.
  ///
  /// @param text ISO 8601 date and time with its offset
  /// @return when the entry expires
  /// @throws IllegalArgumentException if it is something else; the message says what it must be, as the rest of a
  ///     sentence
  /// @throws io.lightningdb.engine.EngineException.LimitExceeded if it is out of range
  public static Expiry expiresAt(String text) {
    Instant moment;
    try {
      moment = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "must be an ISO 8601 date and time with its offset, such as 2030-01-01T00:00:00Z", e);
    }
    return Expiry.at(moment);
  }
}
