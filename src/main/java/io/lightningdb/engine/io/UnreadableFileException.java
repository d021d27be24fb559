package io.lightningdb.engine.io;

import java.io.IOException;

/// The disk or file system did not deliver what stands in a mapped file.
public final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Name of the file.
  private final String file;

  UnreadableFileException(String file, Throwable cause) {
    super("cannot read the mapped file " + file + ": " + reasonText(), cause);
    this.file = file;
  }

  private static String reasonText() {
    return "the disk or file system failed under it";
  }

  /// The file.
  ///
  /// @return its name
  public String file() {
    return file;
  }

  /// What is wrong.
  ///
  /// @return a phrase
  public String reason() {
    return reasonText();
  }
}
