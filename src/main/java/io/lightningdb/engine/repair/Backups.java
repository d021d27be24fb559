package io.lightningdb.engine.repair;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupFile;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.RunCopy;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Finds run files in backups: a file of the same name in a backup of the same database is the same file. *Confined to
/// one thread.*
final class Backups {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Storage storage;
  private final BackupTarget target;
  private final List<BackupEntry> newestFirst;

  Backups(Storage storage, BackupTarget target) throws IOException {
    this.storage = storage;
    this.target = target;
    this.newestFirst = new ArrayList<>(new Catalogue(target).list().entries()).reversed();
  }

  /// Copies a run out of a backup under the name [FileFormat#REPAIRING], and verifies every byte of it.
  ///
  /// @return id of the backup, or empty if no backup has the run in a sound state
  Optional<String> fetch(RunWriter.Identity identity, RunRecord record) throws IOException {
    String name = FileFormat.run(identity.fileId());
    for (BackupEntry entry : newestFirst) {
      Optional<BackupFile> file = entry.file(name);
      boolean same =
          entry.state().databaseId() == identity.databaseId()
              && file.isPresent()
              && file.get().bytes() == record.fileBytes();
      if (same && fetch(file.get(), identity)) {
        return Optional.of(entry.id());
      }
    }
    return Optional.empty();
  }

  private boolean fetch(BackupFile file, RunWriter.Identity identity) throws IOException {
    deleteIfThere(storage);
    if (!copy(file)) {
      return false;
    }
    try {
      RunCopy.verify(storage, FileFormat.REPAIRING, identity);
      return true;
    } catch (CorruptionException _) {
      // Another backup may have it in a better state.
      return false;
    }
  }

  /// Returns whether what was copied is what the catalogue says.
  private boolean copy(BackupFile file) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    long position = 0;
    try (InputStream in = target.get(file.object());
        StorageFile out = storage.create(FileFormat.REPAIRING)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(position, buffer, 0, read);
        crc.update(buffer, 0, read);
        position += read;
      }
      out.sync();
    } catch (NoSuchFileException _) {
      return false;
    }
    return position == file.bytes() && (int) crc.getValue() == file.crc();
  }

  static void deleteIfThere(Storage storage) throws IOException {
    if (storage.list().stream().anyMatch(file -> file.name().equals(FileFormat.REPAIRING))) {
      storage.delete(FileFormat.REPAIRING);
    }
  }
}
