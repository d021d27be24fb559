package io.lightningdb.engine.io;

import java.io.IOException;

/// Names the file behind a failed access to mapped memory.
///
/// The JVM reports a page that the operating system could not deliver (a failing disk, a file cut short by somebody
/// else) as an [InternalError] that names no file.
public final class MappedFault {
  private MappedFault() {}

  /// Turns the JVM's error into the storage failure that it is.
  ///
  /// @param file name of the mapped file
  /// @param cause what the JVM threw
  /// @return an exception to throw
  public static IOException of(String file, InternalError cause) {
    return new UnreadableFileException(file, cause);
  }
}
