package io.lightningdb.engine.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes files whose space is taken: `posix_fallocate`, which writes nothing where the file system knows how to do
/// without, else zeros. *Thread-safe.*
final class Preallocation {
  private static final int MODE_OF_OWNER = 0600;
  private static final int ENOSPC = 28;
  private static final int WRITE_BYTES = 1 << 20;

  private static final @Nullable MethodHandle CREATE =
      MappingAdvice.function(
          "creat",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final @Nullable MethodHandle ALLOCATE =
      MappingAdvice.function(
          "posix_fallocate",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));
  private static final @Nullable MethodHandle CLOSE =
      MappingAdvice.function(
          "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private Preallocation() {}

  /// Makes a file. Where this fails, there is none.
  ///
  /// @param path does not exist
  /// @param bytes its size
  /// @throws IOException if there is no space for it
  static void make(Path path, long bytes) throws IOException {
    try {
      if (!allocated(path, bytes)) {
        writeZeros(path, bytes);
      }
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw Refusals.of(e);
    }
  }

  /// Asks the system.
  ///
  /// @return false if the file has to be written
  private static boolean allocated(Path path, long bytes) throws IOException {
    MethodHandle create = CREATE;
    MethodHandle allocate = ALLOCATE;
    MethodHandle close = CLOSE;
    if (create == null || allocate == null || close == null) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      int file = (int) create.invokeExact(arena.allocateFrom(path.toString()), MODE_OF_OWNER);
      if (file < 0) {
        return false;
      }
      int failed = (int) allocate.invokeExact(file, 0L, bytes);
      int _ = (int) close.invokeExact(file);
      if (failed == ENOSPC) {
        throw new ResourceExhaustedException(
            ResourceExhaustedException.Resource.SPACE,
            new IOException("there is no space for " + bytes + " bytes of " + path.getFileName()));
      }
      return failed == 0;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw MappingAdvice.impossible(e);
    }
  }

  private static void writeZeros(Path path, long bytes) throws IOException {
    try (FileChannel channel =
        FileModes.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(WRITE_BYTES, bytes));
      for (long at = 0; at < bytes; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
        at += channel.write(zeros, at);
      }
    }
  }
}
