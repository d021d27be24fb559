package io.lightningdb.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Writes down which calls were answered with which status, once each and process, into `target/seen-statuses.txt`, to which every run adds:
/// what the document has beyond that, no test has seen.
final class SeenStatuses {
  private static final Path FILE = Path.of("target", "seen-statuses.txt");

  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  void add(String call) {
    if (seen.add(call)) {
      try {
        Files.createDirectories(FILE.getParent());
        Files.write(FILE, List.of(call), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
