package io.lightningdb.engine.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A directory of the operating system. *Thread-safe.*
public final class DiskStorage implements Storage {
  // Lock files held by this process. A second channel on one of them must not even be opened:
  // closing it would release the operating system's lock, which belongs to the process and not to a
  // channel.
  private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;

  /// Uses an existing directory.
  ///
  /// @param directory an existing directory; nothing in it is touched
  public DiskStorage(Path directory) {
    this.directory = directory;
  }

  /// Uses a directory, and makes it if it does not exist.
  ///
  /// @param directory where the files are
  /// @return the storage
  /// @throws IOException if it can be neither found nor made
  public static DiskStorage inDirectory(Path directory) throws IOException {
    return new DiskStorage(FileModes.createDirectories(directory));
  }

  @Override
  public StorageFile create(String name) throws IOException {
    Path path = directory.resolve(name);
    return DescriptorReserve.open(() -> created(path));
  }

  private static StorageFile created(Path path) throws IOException {
    FileChannel channel =
        FileModes.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      return new DiskFile(path, channel);
    } catch (IOException e) {
      // No file, so that the call can be made again.
      closeAfter(channel, e);
      deleteAfter(path, e);
      throw e;
    }
  }

  @Override
  public void allocate(String name, long bytes) throws IOException {
    Path path = directory.resolve(name);
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Preallocation.make(path, bytes);
  }

  @Override
  public StorageFile open(String name) throws IOException {
    Path path = directory.resolve(name);
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return DescriptorReserve.open(() -> opened(path));
  }

  private static StorageFile opened(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
    try {
      return new DiskFile(path, channel);
    } catch (IOException e) {
      closeAfter(channel, e);
      throw e;
    }
  }

  @Override
  public MemorySegment map(String name, Arena arena) throws IOException {
    return uninterrupted(
        () -> DescriptorReserve.open(() -> mapOnce(directory.resolve(name), arena)));
  }

  private static MemorySegment mapOnce(Path path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  @Override
  public void advise(MemorySegment mapping, long position, long bytes, ReadAdvice advice) {
    MappingAdvice.give(mapping, position, bytes, advice);
  }

  @Override
  public List<FileEntry> list() throws IOException {
    return DescriptorReserve.open(this::listOnce);
  }

  private List<FileEntry> listOnce() throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    try (var paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        addEntry(path, entries);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort(Comparator.comparing(FileEntry::name));
    return entries;
  }

  private static void addEntry(Path path, List<FileEntry> entries) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isRegularFile()) {
        entries.add(new FileEntry(path.getFileName().toString(), attributes.size()));
      }
    } catch (NoSuchFileException _) {
      // Deleted or renamed since the directory was read: no longer one of its files.
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(directory.resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    uninterrupted(this::syncDirectoryOnce);
  }

  private Path syncDirectoryOnce() throws IOException {
    try (FileChannel channel = openDirectory()) {
      channel.force(true);
      return directory;
    }
  }

  private FileChannel openDirectory() throws IOException {
    return DescriptorReserve.open(() -> FileChannel.open(directory, StandardOpenOption.READ));
  }

  /// Work on a channel that is used for nothing else.
  @FunctionalInterface
  private interface ChannelWork<T> {
    T run() throws IOException;
  }

  /// Does work on a channel of its own for a thread that may be interrupted. An interrupt closes the channel: the work
  /// is then done again on another one, and the thread stays interrupted.
  private static <T> T uninterrupted(ChannelWork<T> work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return work.run();
        } catch (ClosedByInterruptException _) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public long usableBytes() throws IOException {
    // One system call, where a FileStore reads the table of mounts first. It says 0 for what it
    // cannot find, too.
    long bytes = directory.toFile().getUsableSpace();
    if (bytes == 0 && !Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    return bytes;
  }

  @Override
  public AutoCloseable lock(String name) throws IOException {
    Path path = directory.toRealPath().resolve(name);
    if (!LOCKED_HERE.add(path)) {
      throw new DirectoryLockedException(directory.toString(), ProcessHandle.current().pid());
    }
    try {
      FileChannel channel = uninterrupted(() -> DescriptorReserve.open(() -> lockOnce(path)));
      return new HeldLock(path, channel, DescriptorReserve.use(directory));
    } catch (IOException | RuntimeException e) {
      LOCKED_HERE.remove(path);
      throw e;
    }
  }

  private FileChannel lockOnce(Path path) throws IOException {
    FileChannel channel =
        FileModes.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    try {
      if (channel.tryLock() == null) {
        throw new DirectoryLockedException(directory.toString(), holder(channel));
      }
      tellHolder(channel);
      return channel;
    } catch (IOException e) {
      closeAfter(channel, e);
      throw e;
    }
  }

  /// Who holds it is told to those who come too late. The lock does not depend on it, so a full disk, which may have no
  /// block for it, does not keep a database from being opened.
  private static void tellHolder(FileChannel channel) throws IOException {
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    try {
      channel.write(ByteBuffer.wrap(pid), 0);
      channel.truncate(pid.length);
    } catch (IOException e) {
      if (!Refusals.isNoSpace(e)) {
        throw e;
      }
    }
  }

  /// A lock of this process, released once.
  private static final class HeldLock implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Closeable descriptors;

    HeldLock(Path path, FileChannel channel, Closeable descriptors) {
      this.path = path;
      this.channel = channel;
      this.descriptors = descriptors;
    }

    @Override
    public synchronized void close() throws IOException {
      if (channel.isOpen()) {
        try {
          channel.close();
        } finally {
          LOCKED_HERE.remove(path);
          descriptors.close();
        }
      }
    }
  }

  private static long holder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(20);
    int length = channel.read(buffer, 0);
    String text = new String(buffer.array(), 0, Math.max(length, 0), StandardCharsets.US_ASCII);
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  private static void closeAfter(Closeable file, IOException cause) {
    try {
      file.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void deleteAfter(Path path, IOException cause) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  /// A file written with plain system calls, which an interrupt cannot close, unlike those of a `FileChannel`.
  private static final class DiskFile implements StorageFile {
    // Fewer pages are not worth the system call.
    private static final long UNLOAD_BYTES_MIN = 32 << 10;

    private final Path path;
    private final RandomAccessFile file;
    private final Arena arena = Arena.ofShared();

    // Guarded by `file`: a write is a seek followed by a write.
    private volatile @Nullable MemorySegment mapping;
    private volatile boolean closed;

    // What was stored, and how much of that a sync has taken out of the mapping: a hint, so that it
    // does not matter when another thread sees it late.
    private long storedEnd;
    private long unloadedEnd;

    // Used for nothing but syncing data without metadata, which only a channel offers. An interrupt
    // may close it; then the sync is repeated on a new one.
    private volatile FileChannel syncChannel;

    /// Opens a file that exists.
    ///
    /// @param path its path
    /// @param channel on it, which this object closes
    DiskFile(Path path, FileChannel channel) throws IOException {
      this.path = path;
      this.file = new RandomAccessFile(path.toFile(), "rw");
      this.syncChannel = channel;
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      synchronized (file) {
        try {
          file.seek(position);
          file.write(bytes, offset, length);
        } catch (IOException e) {
          throw named("write to", e);
        }
      }
    }

    /// The system names no file.
    private IOException named(String what, IOException cause) {
      String message = "cannot " + what + " " + path.getFileName() + ": " + FailureText.of(cause);
      return Refusals.isNoSpace(cause)
          ? new NoSpaceException(message, cause)
          : new IOException(message, cause);
    }

    @Override
    public void store(long position, byte[] bytes, int offset, int length) throws IOException {
      try {
        MemorySegment.copy(MemorySegment.ofArray(bytes), offset, mapping(), position, length);
        MappedFault.settle();
        storedEnd = Math.max(storedEnd, position + length);
      } catch (InternalError e) {
        throw new IOException(
            "cannot store to %s at %d: the disk or file system failed under it, or the file was cut"
                .formatted(path.getFileName(), position),
            e);
      }
    }

    private MemorySegment mapping() throws IOException {
      MemorySegment found = mapping;
      if (found == null) {
        synchronized (file) {
          found = mapping;
          if (found == null) {
            found = uninterrupted(() -> DescriptorReserve.open(this::mapOnce));
            mapping = found;
          }
        }
      }
      return found;
    }

    private MemorySegment mapOnce() throws IOException {
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
      }
    }

    @Override
    public void sync() throws IOException {
      boolean interrupted = Thread.interrupted();
      try {
        unload();
        while (!trySync()) {
          interrupted |= Thread.interrupted();
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /// Takes pages that were stored to out of the mapping, all at once; what is in them stays where it is, in the page
    /// cache. A sync has to keep every mapped page from being stored to while it is written, and tells the other
    /// processors so for each by itself, which takes some microseconds of each of them.
    private void unload() {
      MemorySegment mapped = mapping;
      long end = storedEnd;
      long start = Math.min(unloadedEnd, end);
      if (mapped == null || end - start < UNLOAD_BYTES_MIN) {
        return;
      }
      unloadedEnd = end;
      try {
        mapped.asSlice(start, end - start).unload();
      } catch (IllegalStateException _) {
        // Closed meanwhile, as the sync will say.
      }
    }

    private boolean trySync() throws IOException {
      FileChannel channel = syncChannel;
      try {
        channel.force(false);
        if (channel.size() < storedEnd) {
          // What was stored behind the end of a file went nowhere, without an error.
          throw new IOException("the file was cut to %d bytes".formatted(channel.size()));
        }
        return true;
      } catch (java.nio.channels.ClosedChannelException e) {
        if (closed) {
          throw e;
        }
        reopen();
        return false;
      } catch (IOException e) {
        throw named("sync", e);
      }
    }

    private void reopen() throws IOException {
      synchronized (file) {
        if (!syncChannel.isOpen()) {
          syncChannel =
              DescriptorReserve.open(() -> FileChannel.open(path, StandardOpenOption.WRITE));
        }
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (file) {
        if (closed) {
          return;
        }
        closed = true;
        arena.close();
        syncChannel.close();
        file.close();
      }
    }
  }
}
