package io.lightningdb.engine.format;

import java.io.IOException;

/// A file was written by a newer version of the format than this engine reads.
public final class FormatTooNewException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Names the file and both versions.
  ///
  /// @param file name of the file inside the data directory
  /// @param found format number in the file
  public FormatTooNewException(String file, long found) {
    super(
        file
            + " has format "
            + found
            + ", and this engine reads formats up to "
            + FileFormat.FORMAT
            + "; open it with the newer version that wrote it. Nothing was changed");
  }
}
