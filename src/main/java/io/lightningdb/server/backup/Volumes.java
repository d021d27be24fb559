package io.lightningdb.server.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells which directories share a disk, and so their end.
final class Volumes {
  private Volumes() {}

  /// Tells whether two directories are on the same volume.
  ///
  /// @param one an existing directory
  /// @param other another
  /// @return false also where the system does not tell
  static boolean areSame(Path one, Path other) {
    try {
      if (one.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        return Files.getAttribute(one, "unix:dev").equals(Files.getAttribute(other, "unix:dev"));
      }
      return Files.getFileStore(one).equals(Files.getFileStore(other));
    } catch (IOException _) {
      // The user of the directory is told what is wrong with it.
      return false;
    }
  }
}
