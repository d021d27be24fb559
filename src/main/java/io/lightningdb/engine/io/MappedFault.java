package io.lightningdb.engine.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Turns a failed access to mapped memory into the damage of a file that it is.
///
/// Where the operating system cannot deliver a page (a failing disk, a file that was cut while it was in use), HotSpot
/// goes on behind the access with any value, and throws an [InternalError] that names no file when the thread comes to
/// its next safepoint poll. Compiled code may have left the method by then, and the `try` that was meant to catch the
/// error. So every reader of mapped memory calls [#settle] before it leaves its own, whether it has a result or an
/// exception, which may come of what was not there.
///
/// That holds for loads and stores of single values and for [java.lang.foreign.MemorySegment#copy]. Code that HotSpot
/// has as a stub of its own and that is not prepared for such a page, such as checksums and `mismatch`, ends the
/// process: it is never given mapped memory (`ArchitectureTest`).
public final class MappedFault {
  // Read anew at each turn, so that no compiler takes the loop apart, whose way back has a
  // safepoint poll.
  private static volatile int turns = 2;

  private MappedFault() {}

  /// Work on mapped memory.
  ///
  /// @param <T> what is made of it
  @FunctionalInterface
  public interface Reading<T extends @Nullable Object> {
    /// Does it.
    ///
    /// @return the result
    /// @throws IOException if what was read makes no sense
    T read() throws IOException;
  }

  /// Reads mapped memory.
  ///
  /// @param <T> what is made of it
  /// @param file name of the mapped file
  /// @param offset where the part that is read begins
  /// @param reading reads it
  /// @return what `reading` returned
  /// @throws UnreadableFileException if the system did not deliver what was read
  /// @throws IOException what `reading` has thrown
  public static <T extends @Nullable Object> T read(String file, long offset, Reading<T> reading)
      throws IOException {
    try {
      try {
        return reading.read();
      } finally {
        // Also where it failed: for it may have read what is not there.
        settle();
      }
    } catch (InternalError e) {
      throw of(file, offset, e);
    }
  }

  /// Throws the error of an earlier access of this thread, if there is one that was not thrown yet. Takes about a
  /// nanosecond.
  ///
  /// @throws InternalError if a page could not be delivered
  @SuppressWarnings("EmptyBlock") // All it is there for is to come by a safepoint poll.
  public static void settle() {
    for (int turn = 0; turn < turns; turn++) {}
  }

  /// Names the file behind an error.
  ///
  /// @param file name of the mapped file
  /// @param offset where the part begins that was being read
  /// @param cause what the JVM threw
  /// @return an exception to throw
  public static UnreadableFileException of(String file, long offset, InternalError cause) {
    return new UnreadableFileException(file, offset, cause);
  }
}
