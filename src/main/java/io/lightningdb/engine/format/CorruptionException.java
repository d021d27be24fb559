package io.lightningdb.engine.format;

import java.io.IOException;

/// Bytes on disk are not what was written, or the disk does not give them.
public class CorruptionException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Name of the file inside the data directory.
  private final String file;

  /// Place in the file.
  private final long offset;

  /// What is wrong there.
  private final String reason;

  /// Names the place.
  ///
  /// @param file name of the file inside the data directory
  /// @param offset place of the damaged structure, in bytes from the start of the file
  /// @param reason what is wrong there, as a phrase
  public CorruptionException(String file, long offset, String reason) {
    super("corruption in " + file + " at offset " + offset + ": " + reason);
    this.file = file;
    this.offset = offset;
    this.reason = reason;
  }

  /// The damaged file.
  ///
  /// @return its name inside the data directory
  public String file() {
    return file;
  }

  /// The damaged place.
  ///
  /// @return bytes from the start of the file
  public long offset() {
    return offset;
  }

  /// What is wrong there.
  ///
  /// @return a phrase
  public String reason() {
    return reason;
  }
}
