package io.lightningdb.bench.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A directory that is deleted with everything in it. It lies where the results go, for the directory of temporary files may be
/// memory.
///
/// @param directory exists and is empty at first
public record Scratch(Path directory) implements AutoCloseable {
  /// Makes one.
  ///
  /// @param parent where
  /// @return an empty directory
  /// @throws IOException if it cannot be made
  public static Scratch in(Path parent) throws IOException {
    return new Scratch(Files.createTempDirectory(parent.toAbsolutePath(), "data-"));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
