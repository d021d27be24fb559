package io.lightningdb.tool.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which keys.
final class RangeOptions {
  @Option(names = "--prefix", paramLabel = "KEY", description = "Only keys that begin with it.")
  private @Nullable String prefix;

  @Option(names = "--start", paramLabel = "KEY", description = "Only keys that are not before it.")
  private @Nullable String start;

  @Option(names = "--end", paramLabel = "KEY", description = "Only keys before it.")
  private @Nullable String end;

  RangeOptions() {}

  boolean isGiven() {
    return prefix != null || start != null || end != null;
  }

  Request addTo(Request request) {
    return request.with("prefix", prefix).with("start", start).with("end", end);
  }
}
