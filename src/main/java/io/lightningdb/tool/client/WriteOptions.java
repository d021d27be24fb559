package io.lightningdb.tool.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a write must survive before the command ends.
final class WriteOptions {
  /// The durabilities of the contract.
  enum Durability {
    synced,
    logged
  }

  @Option(
      names = "--durability",
      paramLabel = "WORD",
      description =
          "What the write survives before it is answered: synced, a power failure; logged, the end of the"
              + " process. Default: as the keyspace has it.")
  private @Nullable Durability durability;

  WriteOptions() {}

  Request addTo(Request request) {
    return request.header("Lightning-Durability", durability);
  }
}
