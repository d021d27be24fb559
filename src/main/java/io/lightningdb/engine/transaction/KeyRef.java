package io.lightningdb.engine.transaction;

import io.lightningdb.engine.format.KeyHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A key of a keyspace. Immutable: the array is not changed.
///
/// @param keyspaceId id of the keyspace
/// @param key the key
public record KeyRef(int keyspaceId, byte[] key) implements Comparable<KeyRef> {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRef that
        && keyspaceId == that.keyspaceId
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    // That of an array gives numbers in a row few hashes, and sets of them cost twice the memory.
    return 31 * keyspaceId + Long.hashCode(KeyHash.of(key));
  }

  @Override
  public int compareTo(KeyRef other) {
    int keyspaces = Integer.compare(keyspaceId, other.keyspaceId);
    return keyspaces != 0 ? keyspaces : Arrays.compareUnsigned(key, other.key);
  }
}
