package io.lightningdb.engine.io;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells the operating system how a mapping is read: `posix_madvise`, where there is such a function.
///
/// *Thread-safe.* All of it are hints. Where the function cannot be had (Windows, or a JVM that may not call native
/// code), and when the system does not take a hint, a mapping is read as it would be without.
final class MappingAdvice {
  // The same on Linux and macOS.
  private static final int POSIX_MADV_RANDOM = 1;
  private static final int POSIX_MADV_WILLNEED = 3;

  private static final long SHORT_BYTES_MAX = 32 << 10;

  private static final @Nullable MethodHandle ADVISE =
      function(
          "posix_madvise",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));

  private static final long PAGE_BYTES = pageBytes();

  private MappingAdvice() {}

  /// Finds a function of the C library, whose sizes are those of a system with addresses of 64 bits.
  @SuppressWarnings("restricted") // The descriptors are those of POSIX.
  static @Nullable MethodHandle function(String name, FunctionDescriptor descriptor) {
    if (ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return null;
    }
    try {
      Linker linker = Linker.nativeLinker();
      Optional<MemorySegment> found = linker.defaultLookup().find(name);
      return found.isEmpty() ? null : linker.downcallHandle(found.get(), descriptor);
    } catch (UnsupportedOperationException | IllegalCallerException _) {
      // A system that the JVM has no linker for, or --illegal-native-access=deny.
      return null;
    }
  }

  /// Size of a page of memory, or 0 if it cannot be told.
  private static long pageBytes() {
    MethodHandle ask = function("getpagesize", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    if (ask == null) {
      return 0;
    }
    try {
      return (int) ask.invokeExact();
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /// Tells how a part of a mapping is read. Memory that is not mapped is left alone.
  ///
  /// @param mapping a whole mapping, which the caller keeps open
  /// @param position where the part begins in it
  /// @param bytes length of the part
  static void give(MemorySegment mapping, long position, long bytes, ReadAdvice advice) {
    MethodHandle advise = ADVISE;
    if (advise == null || PAGE_BYTES <= 0 || bytes == 0 || !mapping.isMapped()) {
      return;
    }
    // A mapping begins with a page.
    long start = position - position % PAGE_BYTES;
    MemorySegment part = mapping.asSlice(start, position + bytes - start);
    if (advice == ReadAdvice.SOON && (part.byteSize() <= PAGE_BYTES || isShortAndThere(part))) {
      // A page is read when it is touched.
      return;
    }
    try {
      // What it returns is why the hint was not taken, which changes nothing.
      int _ = (int) advise.invokeExact(part, part.byteSize(), code(advice));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /// Tells whether a short part is in memory, which takes less time than the system takes to find nothing to read. A
  /// long part is asked for seldom, and without looking: Linux says of files that the process could not write that all
  /// of them is there.
  @SuppressWarnings(
      "CatchingUnchecked") // The JDK throws what a system call said without declaring it.
  private static boolean isShortAndThere(MemorySegment part) {
    if (part.byteSize() >= SHORT_BYTES_MAX) {
      return false;
    }
    try {
      return part.isLoaded();
    } catch (Exception e) {
      if (e instanceof IllegalStateException closed) {
        throw closed;
      }
      return false;
    }
  }

  private static int code(ReadAdvice advice) {
    return switch (advice) {
      case RANDOM -> POSIX_MADV_RANDOM;
      case SOON -> POSIX_MADV_WILLNEED;
    };
  }

  /// What a native function throws that can throw nothing: errors of the JVM, and the closing of the mapping meanwhile.
  static RuntimeException impossible(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(thrown);
    };
  }
}
