package io.lightningdb.bench.store;

import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Durability;
import java.nio.file.Path;

/// How a store is opened; the same for all that are compared.
///
/// @param directory empty and existing
/// @param durability what a write has survived when it is acknowledged
/// @param compression of what is on disk, in the stores that compress
/// @param bytesExpected what the keys and values will take, roughly
/// @param cacheBytes block cache of the stores that have one outside the heap
/// @param residence whether the data fit into memory
public record StoreSettings(
    Path directory,
    Durability durability,
    Compression compression,
    long bytesExpected,
    long cacheBytes,
    Residence residence) {

  /// Whether the data fit into memory.
  public enum Residence {
    IN_MEMORY,
    LARGER_THAN_MEMORY
  }
}
