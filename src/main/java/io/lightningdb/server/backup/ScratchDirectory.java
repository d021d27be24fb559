package io.lightningdb.server.backup;

import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.io.FileModes;
import io.lightningdb.server.settings.LightningProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where backups are restored to see that they are good: `lightning.backup.scratch-directory`, or the directory for
/// temporary files. *Used by one thread at a time.*
///
/// Each check has a directory of its own there, whose name says which data directory it belongs to: the process that
/// has that open knows that nothing but itself uses it, and deletes what a process has left that died.
final class ScratchDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectory.class);

  private static final String PREFIX = "lightningdb-restore-check-";

  // A new manifest, a log segment of the restored database, and blocks that files do not fill.
  private static final long MARGIN_BYTES = 16L << 20;

  private final Path parent;
  private final Path data;
  private final long reserveBytes;
  private final String prefix;

  /// Knows the place, and changes nothing there.
  ///
  /// @param settings says where
  ScratchDirectory(LightningProperties settings) {
    String configured = settings.backup().scratchDirectory();
    this.parent = Path.of(configured.isBlank() ? System.getProperty("java.io.tmpdir") : configured);
    this.data = settings.directory().toAbsolutePath().normalize();
    this.reserveBytes = settings.disk().reserveBytes().toBytes();
    this.prefix = PREFIX + HexFormat.of().toHexDigits(data.toString().hashCode()) + "-";
  }

  /// Deletes what earlier processes have left. That it cannot is no reason not to start.
  void clean() {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try {
      for (Path left : left()) {
        LOG.info("Deleting what an unfinished restore-check has left");
        delete(left);
      }
    } catch (IOException e) {
      LOG.warn("What an unfinished restore-check has left cannot be deleted", e);
    }
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> paths = Files.list(parent)) {
      return paths.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  /// Work in a directory of its own.
  ///
  /// @param <T> what comes of it
  @FunctionalInterface
  interface Work<T> {
    T in(Path directory) throws IOException;
  }

  /// Does work in an empty directory that is deleted afterwards.
  ///
  /// @param bytesNeeded what it is going to write
  /// @throws BackupException if there is less space than that; nothing was written then
  /// @throws IOException if the place does not work, or the work fails
  <T> T with(long bytesNeeded, Work<T> work) throws IOException {
    FileModes.createDirectories(parent);
    for (Path left : left()) {
      delete(left);
    }
    throwIfTooSmall(bytesNeeded + MARGIN_BYTES);
    Path scratch = Files.createTempDirectory(parent, prefix);
    try {
      return work.in(scratch);
    } finally {
      delete(scratch);
    }
  }

  private void throwIfTooSmall(long bytesNeeded) throws IOException {
    // On the volume of the data a check must not take what the database needs.
    long needed = bytesNeeded + (Volumes.areSame(parent, data) ? reserveBytes : 0);
    long usable = Files.getFileStore(parent).getUsableSpace();
    if (usable < needed) {
      throw new BackupException(
          BackupException.Kind.FAILED,
          "a restore-check would take %d bytes, and %d are free where it would be made; set lightning.backup.scratch-directory to a directory with more"
              .formatted(needed, usable));
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.walk(directory)) {
      paths = all.toList().reversed();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
