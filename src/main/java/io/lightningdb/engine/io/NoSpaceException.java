package io.lightningdb.engine.io;

import java.io.IOException;

/// The disk is full: a file could not be made longer. A part of what was to be written may be there.
///
/// What was written to is of use only if all of it can be given up: then that is to be told by a
/// [ResourceExhaustedException].
public final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1L;

  /// A write was refused.
  ///
  /// @param message what could not be written
  /// @param cause what the system said
  public NoSpaceException(String message, IOException cause) {
    super(message, cause);
  }

  /// As what it is for those who have given up all that was written.
  ///
  /// @return the same refusal, behind which nothing is left
  public ResourceExhaustedException withoutTrace() {
    return new ResourceExhaustedException(ResourceExhaustedException.Resource.SPACE, this);
  }
}
