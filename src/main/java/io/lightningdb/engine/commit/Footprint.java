package io.lightningdb.engine.commit;

import io.lightningdb.engine.format.KeyRange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must not have changed since a snapshot for a commit to happen: what a transaction has written and, if it is to be
/// serializable, what it has read. Immutable.
///
/// @param snapshotVersion changes up to it are what the transaction saw; the snapshot is still registered
/// @param keys keys, present or absent
/// @param spans ranges of keys
/// @param firstToExpire of the entries read, the one that expires first; it must not have expired before the commit
public record Footprint(
    long snapshotVersion, List<Key> keys, List<Span> spans, @Nullable Expiring firstToExpire) {
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

  /// An entry that expires.
  ///
  /// @param key its key
  /// @param expiryMillis when it expires
  public record Expiring(Key key, long expiryMillis) {}

  /// The keyspaces that it is about.
  ///
  /// @return their ids
  Set<Integer> keyspaces() {
    Set<Integer> ids = new HashSet<>();
    keys.forEach(key -> ids.add(key.keyspaceId()));
    spans.forEach(span -> ids.add(span.keyspaceId()));
    return ids;
  }

  /// Tells whether checking it takes no longer than a commit.
  boolean isSmall() {
    return keys.size() + (long) spans.size() * SPAN_COST <= SMALL;
  }
}
