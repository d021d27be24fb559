package io.lightningdb.tool.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What makes a command that changes something safe to repeat.
final class IdempotencyOption {
  @Option(
      names = "--idempotency-key",
      paramLabel = "TEXT",
      description =
          "Repeated with the same text within ten minutes, the command answers the same and does nothing.")
  private @Nullable String key;

  IdempotencyOption() {}

  Request addTo(Request request) {
    return request.header("Idempotency-Key", key);
  }
}
