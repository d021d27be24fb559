package io.lightningdb.tool;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.io.DiskStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/// Where backups are, as a command line says it.
final class BackupPlace {
  @Parameters(paramLabel = "BACKUPS", description = "The directory that holds the backups.")
  private Path place;

  BackupPlace() {}

  /// Opens it.
  ///
  /// @throws NotADatabaseException if there is no such directory
  BackupTarget open() throws NotADatabaseException {
    if (!Files.isDirectory(place)) {
      throw new NotADatabaseException(
          place + (Files.exists(place) ? " is no directory" : " does not exist"));
    }
    return new DirectoryTarget(new DiskStorage(place));
  }
}
