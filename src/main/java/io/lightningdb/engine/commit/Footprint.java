package io.lightningdb.engine.commit;

import io.lightningdb.engine.format.KeyRange;
import java.util.List;

/// What must not have changed since a snapshot for a commit to happen: what a transaction has written and, if it is to be
/// serializable, what it has read. Immutable.
///
/// @param snapshotVersion changes up to it are what the transaction saw; the snapshot is still registered
/// @param keys keys, present or absent
/// @param spans ranges of keys
public record Footprint(long snapshotVersion, List<Key> keys, List<Span> spans) {
  private static final int SPAN_COST = 1000;
  private static final int SMALL = 64;

  /// A key.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key; nobody changes the array
  public record Key(int keyspaceId, byte[] key) {}

  /// A range of keys.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param range the keys
  public record Span(int keyspaceId, KeyRange range) {}

  /// Tells whether checking it takes no longer than a commit.
  boolean isSmall() {
    return keys.size() + (long) spans.size() * SPAN_COST <= SMALL;
  }
}
