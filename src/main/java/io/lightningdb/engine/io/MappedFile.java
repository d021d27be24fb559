package io.lightningdb.engine.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A file that is mapped for reading: the owner of its mapping, and the door to its bytes. *Thread-safe* while it is
/// open, but for one that is confined to a thread.
///
/// A page that the system does not deliver is damage of the file: [#read] turns it into that, for all work on [#memory]
/// that is done inside. What is read often and in small pieces may be read outside, by a reader that settles the fault
/// itself ([MappedFault]) and tells it by [#unreadable].
public final class MappedFile implements AutoCloseable {
  // Linux takes no notice of what is longer than both the longest request that the device takes and
  // its read-ahead, which is 128 KiB where nothing else was set.
  private static final long ASKED_BYTES_MAX = 128 << 10;

  private final Storage storage;
  private final String name;
  private final Arena arena;
  private final MemorySegment memory;

  private MappedFile(Storage storage, String name, Arena arena) throws IOException {
    this.storage = storage;
    this.name = name;
    this.arena = arena;
    this.memory = storage.map(name, arena);
  }

  /// Maps a file for one thread.
  ///
  /// @param storage the directory of the file
  /// @param name an existing name
  /// @return to be closed by the same thread
  /// @throws IOException if the file cannot be opened or mapped
  @SuppressWarnings("MustBeClosedChecker") // Closed by `close`, or below if mapping fails.
  public static MappedFile confined(Storage storage, String name) throws IOException {
    return in(Arena.ofConfined(), storage, name);
  }

  /// Maps a file for any thread.
  ///
  /// @param storage the directory of the file
  /// @param name an existing name
  /// @return to be closed when no thread reads it any more
  /// @throws IOException if the file cannot be opened or mapped
  @SuppressWarnings("MustBeClosedChecker") // Closed by `close`, or below if mapping fails.
  public static MappedFile shared(Storage storage, String name) throws IOException {
    return in(Arena.ofShared(), storage, name);
  }

  private static MappedFile in(Arena arena, Storage storage, String name) throws IOException {
    boolean done = false;
    try {
      MappedFile opened = new MappedFile(storage, name, arena);
      done = true;
      return opened;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  /// Its name.
  ///
  /// @return inside its directory
  public String name() {
    return name;
  }

  /// Its size when it was mapped.
  ///
  /// @return in bytes
  public long bytes() {
    return memory.byteSize();
  }

  /// Its bytes, where they are.
  ///
  /// @return read-only, and no more once the file is closed
  public MemorySegment memory() {
    return memory;
  }

  /// Tells whether a part lies inside the file.
  ///
  /// @param position where it begins
  /// @param bytes its length
  /// @return false too if either is negative
  public boolean contains(long position, long bytes) {
    return position >= 0 && bytes >= 0 && position <= bytes() && bytes <= bytes() - position;
  }

  /// Reads.
  ///
  /// @param <T> what is made of it
  /// @param position where the part that is read begins, for the message
  /// @param reading reads it
  /// @return what `reading` returned
  /// @throws UnreadableFileException if the system did not deliver what was read
  /// @throws IOException what `reading` has thrown
  public <T extends @Nullable Object> T read(long position, MappedFault.Reading<T> reading)
      throws IOException {
    return MappedFault.read(name, position, reading);
  }

  /// Copies a part.
  ///
  /// @param position where it begins
  /// @param bytes its length; the part lies inside the file
  /// @return the copy
  /// @throws UnreadableFileException if the system did not deliver it
  /// @throws IOException never otherwise
  public byte[] copy(long position, long bytes) throws IOException {
    MemorySegment part = memory.asSlice(position, bytes);
    return read(position, () -> part.toArray(ValueLayout.JAVA_BYTE));
  }

  /// The damage behind a page that could not be read.
  ///
  /// @param position where the part begins that was being read
  /// @param cause what the JVM threw
  /// @return an exception to throw
  public UnreadableFileException unreadable(long position, InternalError cause) {
    return MappedFault.of(name, position, cause);
  }

  /// Has the file read as its readers ask for it, and nothing ahead of them.
  public void readAtRandom() {
    storage.advise(memory, 0, memory.byteSize(), ReadAdvice.RANDOM);
  }

  /// Has a part read in the background. A part that does not lie inside the file is not asked for; its reader finds
  /// out.
  ///
  /// @param position where it begins
  /// @param bytes its length
  public void askFor(long position, long bytes) {
    if (!contains(position, bytes)) {
      return;
    }
    long end = position + bytes;
    for (long from = position; from < end; ) {
      // No piece touches more pages than an aligned one of its length.
      long to = Math.min(end, (from / ASKED_BYTES_MAX + 1) * ASKED_BYTES_MAX);
      storage.advise(memory, from, to - from, ReadAdvice.SOON);
      from = to;
    }
  }

  /// Unmaps the file. Closing twice is allowed.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
