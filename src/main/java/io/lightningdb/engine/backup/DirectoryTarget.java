package io.lightningdb.engine.backup;

import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/// Backups in a directory of their own. *Thread-safe.*
///
/// An object is written under a name with `.part` behind it, synced, renamed, and counts once the directory was synced.
public final class DirectoryTarget implements BackupTarget {
  private static final String PART = ".part";

  private final Storage storage;

  /// Uses a directory.
  ///
  /// @param storage the directory
  public DirectoryTarget(Storage storage) {
    this.storage = storage;
  }

  @Override
  public void put(String name, Content content) throws IOException {
    String part = name + PART;
    if (has(part)) {
      storage.delete(part);
    }
    StorageFile file = storage.create(part);
    try (file) {
      content.writeTo(new FileOutput(file));
      file.sync();
    } catch (IOException | RuntimeException e) {
      discard(file, part, e);
      throw e;
    }
    storage.rename(part, name);
    storage.syncDirectory();
  }

  private void discard(StorageFile file, String part, Exception cause) {
    try {
      file.close();
      storage.delete(part);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private boolean has(String name) throws IOException {
    return storage.list().stream().anyMatch(file -> file.name().equals(name));
  }

  @Override
  public InputStream get(String name) throws IOException {
    if (!has(name)) {
      throw new NoSuchFileException(name);
    }
    return new MappedInput(MappedFile.shared(storage, name));
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    for (Storage.FileEntry file : storage.list()) {
      if (file.name().startsWith(prefix) && !file.name().endsWith(PART)) {
        found.add(new StoredObject(file.name(), file.bytes()));
      }
    }
    return found;
  }

  @Override
  public void delete(String name) throws IOException {
    if (has(name)) {
      storage.delete(name);
      storage.syncDirectory();
    }
  }

  @Override
  public void deleteUnfinished(String prefix) throws IOException {
    for (Storage.FileEntry file : storage.list()) {
      if (file.name().startsWith(prefix) && file.name().endsWith(PART)) {
        storage.delete(file.name());
      }
    }
  }

  @Override
  public String toString() {
    return "directory " + storage;
  }

  /// Appends to a file. *Confined to one thread.*
  private static final class FileOutput extends OutputStream {
    private final StorageFile file;
    private long position;

    FileOutput(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        file.write(position, bytes, offset, length);
        position += length;
      }
    }
  }

  /// Reads a mapped file from front to back. *Confined to one thread.*
  private static final class MappedInput extends InputStream {
    private final MappedFile file;
    private long position;

    MappedInput(MappedFile file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = (int) Math.min(length, file.bytes() - position);
      if (count == 0 && length > 0) {
        return -1;
      }
      long from = position;
      position = from + count;
      return file.read(
          from,
          () -> {
            MemorySegment.copy(file.memory(), ValueLayout.JAVA_BYTE, from, target, offset, count);
            return count;
          });
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
