package io.lightningdb.server.keyspace;

import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.server.web.Words;

/// Options of a keyspace as JSON.
///
/// @param layout how eagerly runs are merged
/// @param compression how leaves are stored
/// @param bottomCompression how leaves are stored where nothing older lies below
/// @param durability what writes promise when they say nothing themselves
/// @param pointIndex whether runs carry a hash index
/// @param leafBytes target size of a leaf before compression, in bytes
/// @param historyAge how long replaced versions stay readable, an ISO 8601 duration
/// @param historyVersions how many versions of an entry stay readable, whatever their age
/// @param defaultTtl time to live of entries whose write says nothing of it, an ISO 8601 duration; zero for no end
record OptionsDocument(
    String layout,
    String compression,
    String bottomCompression,
    String durability,
    String pointIndex,
    int leafBytes,
    String historyAge,
    int historyVersions,
    String defaultTtl) {

  /// Describes options.
  ///
  /// @param options of a keyspace
  /// @return their JSON form
  static OptionsDocument of(KeyspaceOptions options) {
    return new OptionsDocument(
        Words.of(options.layout()),
        Words.of(options.compression()),
        Words.of(options.bottomCompression()),
        Words.of(options.durability()),
        Words.of(options.pointIndex()),
        options.leafBytes(),
        options.history().age().toString(),
        options.history().versions(),
        options.defaultTtl().toString());
  }
}
