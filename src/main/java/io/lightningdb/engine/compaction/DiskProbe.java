package io.lightningdb.engine.compaction;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Tries whether the disk works: writes a file, syncs it and the directory, reads it back, and deletes it. *Confined to
/// one thread.*
///
/// What it reads comes from the page cache, so it finds a disk that refuses work, not one that loses what it has taken.
public final class DiskProbe {
  private static final int BYTES = 64 << 10;

  private final Storage storage;

  /// Probes a directory.
  ///
  /// @param storage the data directory
  public DiskProbe(Storage storage) {
    this.storage = storage;
  }

  /// Does it once.
  ///
  /// @param random gives what is written
  /// @throws IOException if any of it fails, or other bytes are read than were written
  public void run(RandomGenerator random) throws IOException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    deleteIfThere();
    try {
      write(bytes);
      check(bytes);
    } catch (IOException e) {
      deleteAfter(e);
      throw e;
    }
    storage.delete(FileFormat.PROBE);
    storage.syncDirectory();
  }

  private void deleteIfThere() throws IOException {
    for (Storage.FileEntry file : storage.list()) {
      if (file.name().equals(FileFormat.PROBE)) {
        storage.delete(FileFormat.PROBE);
      }
    }
  }

  private void deleteAfter(IOException cause) {
    try {
      deleteIfThere();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    try (StorageFile file = storage.create(FileFormat.PROBE)) {
      file.write(0, bytes, 0, bytes.length);
      file.sync();
    }
    storage.syncDirectory();
  }

  private void check(byte[] bytes) throws IOException {
    if (!Arrays.equals(storage.read(FileFormat.PROBE), bytes)) {
      throw new IOException("the disk gives back other bytes than it was given");
    }
  }
}
