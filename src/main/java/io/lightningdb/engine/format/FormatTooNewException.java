package io.lightningdb.engine.format;

import java.io.IOException;

/// A file was written in a newer format than this engine reads, or with a feature that it does not know.
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

  private FormatTooNewException(String file, String what) {
    super(
        file
            + " has "
            + what
            + ", which this engine does not know; open it with the newer version that wrote it. Nothing was changed");
  }

  /// A keyspace has an option, or a value of one, that this engine does not know.
  ///
  /// @param file name of the file inside the data directory
  /// @param keyspace name of the keyspace
  /// @param unknown what is not known
  /// @return names all three
  public static FormatTooNewException ofOptions(
      String file, String keyspace, IllegalArgumentException unknown) {
    return new FormatTooNewException(
        file, "options of keyspace " + keyspace + " (" + unknown.getMessage() + ")");
  }

  /// A file has a part that this engine does not know.
  ///
  /// @param file name of the file inside the data directory
  /// @param features those that the file says it has, at least one of them unknown
  /// @return names the file and the first unknown feature
  public static FormatTooNewException ofFeatures(String file, int features) {
    return new FormatTooNewException(file, Features.unknown(features));
  }
}
