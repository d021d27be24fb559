package io.lightningdb.engine.transaction;

import io.lightningdb.engine.format.KeyRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a transaction has read: keys, present or absent, and ranges as far as they were walked. *Confined to one thread at a
/// time.*
public final class ReadSet {
  // What the heap spends on an entry of either collection, about.
  private static final int OVERHEAD_BYTES = 64;

  private final Set<KeyRef> keys = new HashSet<>();
  private final List<Walked> ranges = new ArrayList<>();
  private long bytes;

  /// Makes an empty set.
  public ReadSet() {}

  /// A range that a scan has walked, up to now. *Confined to one thread at a time.*
  public static final class Walked {
    private final int keyspaceId;
    private KeyRange range;

    private Walked(int keyspaceId, KeyRange range) {
      this.keyspaceId = keyspaceId;
      this.range = range;
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
      range = walked;
    }
  }

  /// Adds a key.
  ///
  /// @param key present or absent
  public void add(KeyRef key) {
    bytes += bytesOf(key);
    keys.add(key);
  }

  /// Adds a range of which nothing is known yet.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param nothing an empty range at the start of the scan
  /// @param bytes what it adds to the size of the set
  /// @return to be told how far the scan has come
  public Walked walk(int keyspaceId, KeyRange nothing, long bytes) {
    this.bytes += bytes;
    Walked walked = new Walked(keyspaceId, nothing);
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
    return keys.contains(key) ? 0 : OVERHEAD_BYTES + (long) key.key().length;
  }

  /// What a range adds to the size of the set.
  ///
  /// @param range the whole range that a scan is to walk
  /// @return in bytes
  public static long bytesOf(KeyRange range) {
    byte[] upper = range.upper();
    return OVERHEAD_BYTES + (long) range.lower().length + (upper == null ? 0 : upper.length);
  }
}
