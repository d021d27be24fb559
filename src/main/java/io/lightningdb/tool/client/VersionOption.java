package io.lightningdb.tool.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The condition of a write that looks at the version of the entry.
final class VersionOption {
  @Option(
      names = "--if-version",
      paramLabel = "VERSION",
      description = "Only if the entry has this version, as `get --json` shows it.")
  private @Nullable Long version;

  VersionOption() {}

  boolean isGiven() {
    return version != null;
  }

  Request addTo(Request request) {
    return version == null ? request : request.header("If-Match", "\"" + version + "\"");
  }
}
