package io.lightningdb.tool.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Counts the lines of a stream of entries, and keeps the one that tells why it ended early. *Not thread-safe.*
final class LastLine {
  private static final byte[] PROBLEM = "{\"problem\":".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream problem = new ByteArrayOutputStream();
  private long lines;
  private int column;
  private boolean isLike = true;

  void take(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        lines++;
        column = 0;
        isLike = problem.size() < PROBLEM.length;
        if (isLike) {
          problem.reset();
        }
      } else {
        take(bytes[i]);
      }
    }
  }

  private void take(byte each) {
    if (isLike && column < PROBLEM.length && each != PROBLEM[column]) {
      isLike = false;
      problem.reset();
    }
    if (isLike) {
      problem.write(each);
    }
    column++;
  }

  long lines() {
    return lines;
  }

  /// The line `{"problem":…}`, if there is one.
  Optional<String> problem() {
    return problem.size() < PROBLEM.length
        ? Optional.empty()
        : Optional.of(problem.toString(StandardCharsets.UTF_8));
  }
}
