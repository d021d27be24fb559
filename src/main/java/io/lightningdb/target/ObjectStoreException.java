package io.lightningdb.target;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Why an object store did not do what it was asked.
public final class ObjectStoreException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What kind of reason it is.
  private final Reason reason;

  /// Gives a reason.
  ///
  /// @param reason what kind of reason it is
  /// @param message what was asked of which bucket, what happened, and what to do about it
  /// @param cause what led to it, or null
  ObjectStoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// Kinds of reasons.
  public enum Reason {
    /// The bucket does not exist.
    NO_BUCKET,
    /// There are no credentials.
    NO_CREDENTIALS,
    /// The credentials are wrong, or do not allow it.
    NO_ACCESS,
    /// It is not known which region to ask, or the bucket is in another one.
    WRONG_REGION,
    /// No answer came in time.
    UNREACHABLE,
    /// The store answered with an error.
    REFUSED
  }

  /// What kind of reason it is.
  ///
  /// @return the reason
  public Reason reason() {
    return reason;
  }

  /// Whether it may have been done all the same.
  boolean isUncertain() {
    return reason == Reason.UNREACHABLE || reason == Reason.REFUSED;
  }
}
