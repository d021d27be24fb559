package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupRequest.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/// Reads the files of backups and holds them to what the catalogue says. *Confined to one thread.*
public final class ObjectCheck {
  private static final int BUFFER_BYTES = 64 << 10;

  private ObjectCheck() {}

  /// Reads every file of a backup.
  ///
  /// @param target where it is
  /// @param entry the backup
  /// @param cancelled asked often whether to stop
  /// @param progress is told how far it is
  /// @throws BackupException if a file is missing or damaged, or the check was cancelled
  /// @throws IOException if the target fails
  public static void run(
      BackupTarget target, BackupEntry entry, BooleanSupplier cancelled, Progress progress)
      throws IOException {
    long[] done = new long[1];
    for (BackupFile file : entry.files()) {
      MeasuredOutput out =
          new MeasuredOutput(
              OutputStream.nullOutputStream(),
              bytes -> {
                if (cancelled.getAsBoolean()) {
                  throw new BackupException(
                      Kind.CANCELLED, "the check of backup " + entry.id() + " was cancelled");
                }
                done[0] += bytes;
                progress.done(done[0], Math.max(done[0], entry.totalBytes()));
              });
      copy(target, file, out);
    }
  }

  /// Copies a file out of a target.
  ///
  /// @throws BackupException if it is missing or damaged; `out` may have got bytes of it
  static void copy(BackupTarget target, BackupFile file, OutputStream out) throws IOException {
    CRC32C crc = new CRC32C();
    long bytes = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = open(target, file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        crc.update(buffer, 0, count);
        bytes += count;
        if (bytes > file.bytes()) {
          throw damage(file, "is longer than the " + file.bytes() + " bytes that were stored");
        }
        out.write(buffer, 0, count);
      }
    }
    if (bytes != file.bytes()) {
      throw damage(file, "has " + bytes + " bytes instead of " + file.bytes());
    }
    if ((int) crc.getValue() != file.crc()) {
      throw damage(file, "does not match its checksum");
    }
  }

  private static InputStream open(BackupTarget target, BackupFile file) throws IOException {
    try {
      return target.get(file.object());
    } catch (NoSuchFileException _) {
      throw damage(file, "is missing");
    }
  }

  private static BackupException damage(BackupFile file, String what) {
    return new BackupException(
        Kind.DAMAGED,
        "the object %s, which holds %s, %s; use a backup that does not need it"
            .formatted(file.object(), file.name(), what));
  }
}
