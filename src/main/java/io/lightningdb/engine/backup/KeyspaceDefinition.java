package io.lightningdb.engine.backup;

import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import java.util.SortedMap;
import java.util.TreeMap;

/// A keyspace without its runs. Immutable.
///
/// @param id its id
/// @param name its name
/// @param options names and values of its options
public record KeyspaceDefinition(int id, String name, SortedMap<String, String> options) {
  private static final int TEXT_BYTES_MAX = 1024;

  /// What a keyspace is without its runs.
  ///
  /// @param keyspace as the manifest knows it
  /// @return id, name and options
  public static KeyspaceDefinition of(KeyspaceRecord keyspace) {
    return new KeyspaceDefinition(keyspace.id(), keyspace.name(), keyspace.options());
  }

  void write(ByteWriter out) {
    out.varint(id).string(name).varint(options.size());
    options.forEach((key, value) -> out.string(key).string(value));
  }

  static KeyspaceDefinition read(ByteReader in) {
    int id = (int) in.varintUpTo(Integer.MAX_VALUE);
    String name = in.string(TEXT_BYTES_MAX);
    SortedMap<String, String> options = new TreeMap<>();
    for (long left = in.varintUpTo(TEXT_BYTES_MAX); left > 0; left--) {
      options.put(in.string(TEXT_BYTES_MAX), in.string(TEXT_BYTES_MAX));
    }
    return new KeyspaceDefinition(id, name, options);
  }
}
