package io.lightningdb.engine.testkit;

import io.lightningdb.engine.io.DirectoryLockedException;
import io.lightningdb.engine.io.NoSpaceException;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory in memory that knows what was synced, and so what a power failure may take away.
///
/// *Thread-safe.* Every call of [Storage] and every write, store and sync of a file is one operation; operations are
/// counted from 1, and any of them can be made to fail ([#failAt]) or to meet a machine without power ([#crashAt]).
/// What becomes of unsynced bytes is decided by [#crash], which is repeatable by its seed.
public final class SimulatedStorage implements Storage {
  private final SimulatedDirectory directory;

  /// Decides, with the number of the operation, how much of a failing sync reaches the disk.
  private final long seed;

  // Guarded by `this`.
  private long capacityBytes = Long.MAX_VALUE;
  private long othersBytes;
  private boolean tellsUsableBytes = true;
  private long operations;
  private long crashAt = Long.MAX_VALUE;
  private boolean dead;
  private long failAt = Long.MAX_VALUE;
  private @Nullable Fault fault;
  private long faultsInjected;

  /// Which taking of the lock holds it; 0 if nobody does.
  private long lockHolder;

  private long locksTaken;

  /// An empty directory.
  public SimulatedStorage() {
    this(new SimulatedDirectory(), 0);
  }

  private SimulatedStorage(SimulatedDirectory directory, long seed) {
    this.directory = directory;
    this.seed = seed;
  }

  /// A directory with files that are on the disk as a whole.
  ///
  /// @param contents bytes by name; copied
  /// @return a directory with these files
  public static SimulatedStorage of(Map<String, byte[]> contents) {
    SimulatedDirectory directory = new SimulatedDirectory();
    contents.forEach((name, bytes) -> directory.addDurable(name, SimulatedFile.of(bytes)));
    return new SimulatedStorage(directory, 0);
  }

  /// What a power failure leaves: everything synced, and of the rest an arbitrary part.
  ///
  /// @param seed decides which part
  /// @return another directory, unlocked, without planned faults; this one is not changed
  public synchronized SimulatedStorage crash(long seed) {
    return new SimulatedStorage(directory.afterCrash(new SplittableRandom(seed)), seed);
  }

  /// What the death of the process leaves: everything written, of which the unsynced part can still be lost to a power
  /// failure.
  ///
  /// @return another directory, unlocked, without planned faults; this one is not changed
  public synchronized SimulatedStorage kill() {
    return new SimulatedStorage(directory.afterKill(), operations);
  }

  /// Takes the power away before an operation. That operation and all later ones throw [PowerFailure].
  ///
  /// @param operation number of the operation, from 1
  public synchronized void crashAt(long operation) {
    crashAt = operation;
  }

  /// Makes an operation fail: the first one from `operation` on that the fault can meet.
  ///
  /// @param operation number of the operation, from 1
  /// @param planned what happens
  public synchronized void failAt(long operation, Fault planned) {
    failAt = operation;
    fault = planned;
  }

  /// Takes back what [#failAt] planned: the disk works again.
  public synchronized void mend() {
    failAt = Long.MAX_VALUE;
  }

  /// Makes the disk this large: what would make its files larger fails.
  ///
  /// @param bytes size of the disk
  public synchronized void capacity(long bytes) {
    capacityBytes = bytes;
  }

  /// Lets others have so much of the disk, in place of what they had before.
  ///
  /// @param bytes size of files that are not in this directory
  public synchronized void occupy(long bytes) {
    othersBytes = bytes;
  }

  /// Says whether [#usableBytes] answers or fails.
  ///
  /// @param tells false to make it fail
  public synchronized void tellUsableBytes(boolean tells) {
    tellsUsableBytes = tells;
  }

  /// No operation: the kernel answers without the disk.
  @Override
  public synchronized long usableBytes() throws IOException {
    if (!tellsUsableBytes) {
      throw new IOException("the file system does not tell how much is free");
    }
    return freeBytes();
  }

  private long freeBytes() {
    long used = directory.entries().values().stream().mapToLong(SimulatedFile::length).sum();
    return Math.max(0, capacityBytes - othersBytes - used);
  }

  /// Number of operations so far.
  ///
  /// @return a count
  public synchronized long operations() {
    return operations;
  }

  /// Number of operations that failed because [#failAt] asked for it: the evidence that a test injected anything.
  ///
  /// @return a count
  public synchronized long faultsInjected() {
    return faultsInjected;
  }

  /// Tells whether an operation met the power failure of [#crashAt].
  ///
  /// @return true from then on
  public synchronized boolean isDead() {
    return dead;
  }

  /// Which files differ from others, or are there on one side alone.
  ///
  /// @param others files by name
  /// @return names, in order
  public List<String> differencesFrom(Map<String, byte[]> others) {
    NavigableMap<String, byte[]> files = contents();
    return Stream.concat(files.keySet().stream(), others.keySet().stream())
        .distinct()
        .sorted()
        .filter(name -> !Arrays.equals(files.get(name), others.get(name)))
        .toList();
  }

  /// Every file as processes see it.
  ///
  /// @return bytes by name; a copy
  public synchronized NavigableMap<String, byte[]> contents() {
    NavigableMap<String, byte[]> contents = new TreeMap<>();
    directory.entries().forEach((name, file) -> contents.put(name, file.content()));
    return contents;
  }

  /// Copies every file into a directory of the operating system.
  ///
  /// @param target an existing directory
  /// @throws IOException if it cannot be written
  public void writeTo(Path target) throws IOException {
    for (var file : contents().entrySet()) {
      Files.write(target.resolve(file.getKey()), file.getValue());
    }
  }

  @Override
  public synchronized StorageFile create(String name) throws IOException {
    begin(Operation.CREATE, name);
    return new Handle(name, directory.create(checked(name)));
  }

  @Override
  public synchronized void allocate(String name, long bytes) throws IOException {
    begin(Operation.CREATE, name);
    if (capacityBytes != Long.MAX_VALUE && bytes > freeBytes()) {
      throw full().withoutTrace();
    }
    SimulatedFile file = directory.create(checked(name));
    if (capacityBytes == Long.MAX_VALUE) {
      // Its bytes have no meaning, and the heap has no space for them.
      file.reserve(Math.toIntExact(bytes));
    } else {
      file.write(0, new byte[Math.toIntExact(bytes)]);
    }
  }

  @Override
  public synchronized StorageFile open(String name) throws IOException {
    begin(Operation.OPEN, name);
    return new Handle(name, directory.get(name));
  }

  @Override
  public synchronized MemorySegment map(String name, Arena arena) throws IOException {
    begin(Operation.MAP, name);
    byte[] content = directory.get(name).content();
    return inArena(content, arena);
  }

  /// Memory that ends with `arena`, or with the garbage collection of an engine that "died" without closing its arenas.
  @SuppressWarnings("restricted") // The memory is read-only and lives as long as both arenas.
  private static MemorySegment inArena(byte[] content, Arena arena) {
    Arena collected = Arena.ofAuto();
    MemorySegment memory =
        collected.allocate(content.length, 8).copyFrom(MemorySegment.ofArray(content));
    return memory.reinterpret(arena, new Backing(collected)).asReadOnly();
  }

  /// Held by the arena of a mapping, and so holds the memory behind it as long as anybody can read it.
  private record Backing(Arena arena) implements Consumer<MemorySegment> {
    @Override
    public void accept(MemorySegment mapping) {
      // The memory goes when nobody holds this any more.
    }
  }

  @Override
  public synchronized List<FileEntry> list() throws IOException {
    begin(Operation.LIST, "");
    List<FileEntry> entries = new ArrayList<>();
    directory.entries().forEach((name, file) -> entries.add(new FileEntry(name, file.length())));
    return entries;
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    begin(Operation.RENAME, from);
    directory.rename(from, checked(to));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    begin(Operation.DELETE, name);
    directory.delete(name);
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    begin(Operation.SYNC_DIRECTORY, "");
    directory.sync();
  }

  @Override
  public synchronized AutoCloseable lock(String name) throws IOException {
    begin(Operation.LOCK, name);
    if (lockHolder != 0) {
      throw new DirectoryLockedException(toString(), ProcessHandle.current().pid());
    }
    SimulatedFile file = directory.entries().get(name);
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    (file == null ? directory.create(checked(name)) : file).write(0, pid);
    long holder = ++locksTaken;
    lockHolder = holder;
    return () -> unlock(holder);
  }

  private synchronized void unlock(long holder) {
    if (lockHolder == holder) {
      lockHolder = 0;
    }
  }

  private static String checked(String name) {
    if (name.isEmpty() || name.contains("/")) {
      throw new IllegalArgumentException("not a plain file name: name=" + name);
    }
    return name;
  }

  /// Counts the operation and lets it fail if that was planned.
  private void begin(Operation operation, String name) throws IOException {
    operations++;
    if (operations >= crashAt) {
      dead = true;
      throw new PowerFailure(operation + " " + name);
    }
    if (fails(operation)) {
      throw failure(operation, name);
    }
  }

  private boolean fails(Operation operation) {
    return operations >= failAt && fault != null && fault.meets(operation);
  }

  private IOException failure(Operation operation, String name) {
    Fault met = fault;
    if (met == null) {
      throw new IllegalStateException("no fault is planned");
    }
    faultsInjected++;
    if (met.span() == Fault.Span.ONCE) {
      failAt = Long.MAX_VALUE;
    }
    IOException cause =
        new IOException(
            met.kind().text() + " (operation " + operations + ": " + operation + " " + name + ")");
    return switch (met.kind()) {
      case EIO, SHORT_WRITE -> cause;
      case EMFILE -> new ResourceExhaustedException(Resource.DESCRIPTORS, cause);
      case ENOSPC ->
          operation == Operation.GROW
              ? new NoSpaceException(String.valueOf(cause.getMessage()), cause)
              : new ResourceExhaustedException(Resource.SPACE, cause);
    };
  }

  private synchronized void write(Handle handle, int position, byte[] bytes) throws IOException {
    Operation operation =
        position + bytes.length > handle.file.length() ? Operation.GROW : Operation.WRITE;
    boolean partial = fault != null && fault.kind() == Fault.Kind.SHORT_WRITE;
    try {
      begin(operation, handle.name);
      throwIfFull(handle.file, position + bytes.length);
    } catch (PowerFailure e) {
      throw e;
    } catch (IOException e) {
      if (partial) {
        handle.file.write(position, Arrays.copyOf(bytes, bytes.length / 2));
      }
      throw e;
    }
    handle.file.write(position, bytes);
  }

  private void throwIfFull(SimulatedFile file, long end) throws IOException {
    long growth = end - file.length();
    if (capacityBytes != Long.MAX_VALUE && growth > 0 && growth > freeBytes()) {
      throw full();
    }
  }

  private NoSpaceException full() {
    String text = "No space left on device (a disk of " + capacityBytes + " bytes)";
    return new NoSpaceException(text, new IOException(text));
  }

  private synchronized void store(Handle handle, int position, byte[] bytes) throws IOException {
    begin(Operation.STORE, handle.name);
    if (handle.mappedLength < 0) {
      handle.mappedLength = handle.file.length();
    }
    if (position + bytes.length > handle.mappedLength) {
      throw new IndexOutOfBoundsException(
          "store up to %d into a mapping of %d bytes of %s"
              .formatted(position + bytes.length, handle.mappedLength, handle.name));
    }
    handle.file.write(position, bytes);
  }

  private synchronized void sync(Handle handle) throws IOException {
    try {
      begin(Operation.SYNC, handle.name);
    } catch (PowerFailure e) {
      throw e;
    } catch (IOException e) {
      handle.file.syncFailing(new SplittableRandom(seed + operations));
      throw e;
    }
    handle.file.sync();
  }

  @Override
  public String toString() {
    return "(simulated)";
  }

  /// A file open for writing; it stays usable when its name changes or goes.
  private final class Handle implements StorageFile {
    private final String name;
    private final SimulatedFile file;

    // Guarded by the storage; -1 until the first store.
    private int mappedLength = -1;
    private volatile boolean closed;

    Handle(String name, SimulatedFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      checkOpen();
      SimulatedStorage.this.write(
          this, Math.toIntExact(position), Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void store(long position, byte[] bytes, int offset, int length) throws IOException {
      checkOpen();
      SimulatedStorage.this.store(
          this, Math.toIntExact(position), Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void sync() throws IOException {
      checkOpen();
      SimulatedStorage.this.sync(this);
    }

    private void checkOpen() throws IOException {
      if (closed) {
        throw new IOException("the file " + name + " is closed");
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
