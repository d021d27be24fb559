package io.lightningdb.engine.transaction;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a transaction has read: keys, present or absent, and ranges as far as they were walked. *Confined to one thread
/// at a time.*
public final class ReadSet {
  // A key and its place in the set, its array not counted.
  private static final int KEY_BYTES = 24 + HeapBytes.HASH_ENTRY;

  // A range, what was walked of it, and its place in the list; the arrays of its bounds not
  // counted.
  private static final int RANGE_BYTES = 32 + 24 + HeapBytes.LIST_ENTRY;

  private final Set<KeyRef> keys = new HashSet<>();
  private final List<Walked> ranges = new ArrayList<>();
  private @Nullable KeyRef firstToExpire;
  private long firstExpiryMillis = ExpiryTime.NEVER;
  private long bytes;

  /// Makes an empty set.
  public ReadSet() {}

  /// A range that a scan has walked, up to now. *Confined to one thread at a time.*
  public final class Walked {
    private final int keyspaceId;
    private KeyRange range;
    private long rangeBytes;

    private Walked(int keyspaceId, KeyRange range, long rangeBytes) {
      this.keyspaceId = keyspaceId;
      this.range = range;
      this.rangeBytes = rangeBytes;
    }

    /// The keyspace.
    ///
    /// @return its id
    public int keyspaceId() {
      return keyspaceId;
    }

    /// What was walked: of everything in it the transaction knows whether it is there.
    ///
    /// @return the range
    public KeyRange range() {
      return range;
    }

    /// Says how far the scan has come.
    ///
    /// @param walked from its start
    public void reached(KeyRange walked) {
      long walkedBytes = bytesOf(walked);
      bytes += walkedBytes - rangeBytes;
      rangeBytes = walkedBytes;
      range = walked;
    }

    /// Says what the scan has found.
    ///
    /// @param key key of the entry
    /// @param expiryMillis when it expires; [ExpiryTime#NEVER] if it does not
    public void found(byte[] key, long expiryMillis) {
      if (expiryMillis < firstExpiryMillis) {
        ReadSet.this.found(new KeyRef(keyspaceId, key), expiryMillis);
      }
    }
  }

  /// Adds a key.
  ///
  /// @param key present or absent
  public void add(KeyRef key) {
    bytes += bytesOf(key);
    keys.add(key);
  }

  /// Says that an entry was there.
  ///
  /// @param key its key
  /// @param expiryMillis when it expires; [ExpiryTime#NEVER] if it does not
  public void found(KeyRef key, long expiryMillis) {
    if (expiryMillis < firstExpiryMillis) {
      firstToExpire = key;
      firstExpiryMillis = expiryMillis;
    }
  }

  /// Of the entries found, the one that expires first.
  ///
  /// @return its key, or null if none expires
  public @Nullable KeyRef firstToExpire() {
    return firstToExpire;
  }

  /// When the first of the entries found expires.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z; [ExpiryTime#NEVER] if none does
  public long firstExpiryMillis() {
    return firstExpiryMillis;
  }

  /// Adds a range of which nothing is known yet.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param nothing an empty range at the start of the scan
  /// @param bytes what it adds to the size of the set
  /// @return to be told how far the scan has come
  public Walked walk(int keyspaceId, KeyRange nothing, long bytes) {
    this.bytes += bytes;
    Walked walked = new Walked(keyspaceId, nothing, bytes);
    ranges.add(walked);
    return walked;
  }

  /// The keys.
  ///
  /// @return in no order
  public Set<KeyRef> keys() {
    return keys;
  }

  /// The ranges.
  ///
  /// @return in the order of their scans
  public List<Walked> ranges() {
    return ranges;
  }

  /// Size of the set.
  ///
  /// @return in bytes
  public long bytes() {
    return bytes;
  }

  /// What a key adds to the size of the set.
  ///
  /// @param key the key
  /// @return in bytes; 0 if it is in the set
  public long bytesOf(KeyRef key) {
    return keys.contains(key) ? 0 : KEY_BYTES + HeapBytes.ofArray(key.key().length);
  }

  /// What a range adds to the size of the set.
  ///
  /// @param range the whole range that a scan is to walk
  /// @return in bytes
  public static long bytesOf(KeyRange range) {
    byte[] upper = range.upper();
    return RANGE_BYTES
        + HeapBytes.ofArray(range.lower().length)
        + (upper == null ? 0 : HeapBytes.ofArray(upper.length));
  }
}
