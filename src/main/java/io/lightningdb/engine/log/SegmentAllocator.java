package io.lightningdb.engine.log;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.io.NoSpaceException;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes segments ready for use: allocated with zeros so that a full disk is met here, synced so that later syncs
/// change no metadata, and named in the directory before anything is acknowledged in them.
///
/// *Guarded by its own monitor.*
final class SegmentAllocator {
  private static final int FILL_BYTES = 1 << 20;

  private final Storage storage;
  private final long databaseId;
  private final long segmentBytes;
  private final RandomGenerator salts;
  private final LogFormat format = new LogFormat();

  // Names of whole, unused segment files.
  private final List<String> spares = new ArrayList<>();

  SegmentAllocator(Storage storage, long databaseId, long segmentBytes, RandomGenerator salts) {
    this.storage = storage;
    this.databaseId = databaseId;
    this.segmentBytes = segmentBytes;
    this.salts = salts;
  }

  /// Makes the segment with this sequence.
  ///
  /// @param bytesNeeded least capacity
  /// @param lastVersion newest version before it
  synchronized LogSegment prepare(long sequence, long bytesNeeded, long lastVersion)
      throws IOException {
    long capacity = Math.max(segmentBytes, bytesNeeded);
    String spare = capacity == segmentBytes && !spares.isEmpty() ? spares.removeLast() : null;
    String name = spare != null ? spare : FileFormat.spare(sequence);
    StorageFile file = spare != null ? storage.open(name) : allocate(name, capacity);
    try {
      var identity = new LogFormat.Identity(databaseId, sequence, salts.nextLong());
      file.write(0, format.encodeHeader(identity), 0, LogFormat.HEADER_BYTES);
      file.sync();
      file.close();
      storage.rename(name, FileFormat.log(sequence));
      storage.syncDirectory();
      return new LogSegment(
          identity, storage.open(FileFormat.log(sequence)), capacity, lastVersion);
    } catch (IOException e) {
      close(file, e);
      throw e;
    }
  }

  private StorageFile allocate(String name, long capacity) throws IOException {
    StorageFile file = storage.create(name);
    try {
      byte[] zeros = new byte[(int) Math.min(FILL_BYTES, capacity)];
      for (long at = 0; at < capacity; at += zeros.length) {
        file.write(at, zeros, 0, (int) Math.min(zeros.length, capacity - at));
      }
      return file;
    } catch (NoSpaceException e) {
      close(file, e);
      storage.delete(name);
      throw e.withoutTrace();
    } catch (IOException e) {
      close(file, e);
      storage.delete(name);
      throw e;
    }
  }

  private static void close(StorageFile file, IOException cause) {
    try {
      file.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /// Takes a file that the log no longer needs: keeps one for the next segment and deletes others.
  synchronized void recycle(long sequence, long bytes) throws IOException {
    String name = FileFormat.log(sequence);
    if (bytes == segmentBytes && spares.isEmpty()) {
      String spare = FileFormat.spare(sequence);
      storage.rename(name, spare);
      spares.add(spare);
    } else {
      storage.delete(name);
    }
  }

  /// Makes a segment that nothing was ever written to, behind all that there are, whatever earlier attempts have left.
  ///
  /// Spare files go: those that the allocator knows of, and those that it could not finish. Segments stay, and the new
  /// one is the next in their row, so that a crash finds a log without a gap.
  ///
  /// @param sequenceLeast what comes before is taken, whether or not there are files of it
  /// @param lastVersion newest version before it
  synchronized LogSegment prepareAnew(long sequenceLeast, long lastVersion) throws IOException {
    spares.clear();
    long newest = sequenceLeast - 1;
    for (Storage.FileEntry file : storage.list()) {
      if (FileFormat.spareNumber(file.name()).isPresent()
          && !file.name().equals(FileFormat.BALLAST)) {
        storage.delete(file.name());
      }
      newest = Math.max(newest, FileFormat.logSequence(file.name()).orElse(-1));
    }
    return prepare(newest + 1, 0, lastVersion);
  }

  /// Deletes a segment that the log no longer needs.
  synchronized void delete(long sequence) throws IOException {
    storage.delete(FileFormat.log(sequence));
  }

  /// Deletes the spare files.
  synchronized void deleteSpares() throws IOException {
    while (!spares.isEmpty()) {
      storage.delete(spares.removeLast());
    }
  }

  synchronized long spareBytes() {
    return spares.size() * segmentBytes;
  }
}
