package io.lightningdb.engine;

import io.lightningdb.engine.commit.Condition;
import io.lightningdb.engine.format.CommitWriter;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Limits;
import java.util.ArrayList;
import java.util.List;

/// Changes that become visible and durable together, or not at all, if all conditions hold.
///
/// *Not thread-safe.* Keys and values are copied when they are added. Where one key is changed twice the later change
/// wins; a range deletion removes what was there before the batch and what the batch put there earlier. A batch may be
/// written more than once.
public final class WriteBatch {
  private final CommitWriter writer;
  private static final long[] NOTHING_OBSERVED = {};
  private static final byte[] NOTHING = {};

  // Most batches have none.
  private List<Condition> conditions = List.of();
  private long[] observedVersions = NOTHING_OBSERVED;

  /// Makes an empty batch.
  public WriteBatch() {
    this(256);
  }

  /// Makes an empty batch with room, so that a large one need not grow.
  ///
  /// @param bytesExpected what its keys and values, and some bytes for each, will come to
  public WriteBatch(int bytesExpected) {
    this.writer = new CommitWriter(bytesExpected);
  }

  /// Adds an entry or replaces it.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @param value up to 16 MiB
  /// @return this batch
  /// @throws EngineException.LimitExceeded if the key, the value or the batch is too large; the batch is then as before
  public WriteBatch put(Keyspace keyspace, byte[] key, byte[] value) {
    return put(keyspace, key, value, Expiry.byDefault());
  }

  /// Adds an entry or replaces it, for some time.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @param value up to 16 MiB
  /// @param expiry when the entry stops to be there; a time to live starts now, and not when the batch is written
  /// @return this batch
  /// @throws EngineException.LimitExceeded if the key, the value or the batch is too large; the batch is then as before
  public WriteBatch put(Keyspace keyspace, byte[] key, byte[] value, Expiry expiry) {
    return put(keyspace, key, NOTHING, value, expiry);
  }

  /// Adds an entry or replaces it, for some time, with a value that stands in two arrays.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @param head what the value begins with
  /// @param rest what it goes on with; both together up to 16 MiB
  /// @param expiry when the entry stops to be there; a time to live starts now, and not when the batch is written
  /// @return this batch
  /// @throws EngineException.LimitExceeded if the key, the value or the batch is too large; the batch is then as before
  public WriteBatch put(Keyspace keyspace, byte[] key, byte[] head, byte[] rest, Expiry expiry) {
    checkKey(key.length);
    long expiryMillis = expiry.millis(keyspace);
    int expiryBytes = expiryMillis == ExpiryTime.NEVER ? 0 : ExpiryTime.BYTES;
    long valueBytes = head.length + (long) rest.length;
    checkValue(valueBytes);
    checkRoom(key.length + valueBytes + expiryBytes);
    writer.put(keyspace.id(), key, head, rest, expiryMillis);
    return this;
  }

  /// Removes an entry, if there is one.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @return this batch
  /// @throws EngineException.LimitExceeded if the key or the batch is too large; the batch is then as before
  public WriteBatch delete(Keyspace keyspace, byte[] key) {
    checkKey(key.length);
    checkRoom(key.length);
    writer.delete(keyspace.id(), key);
    return this;
  }

  /// Removes all entries of a range, at a cost that does not depend on their number.
  ///
  /// @param keyspace where
  /// @param range what; its direction has no meaning here
  /// @return this batch
  /// @throws EngineException.LimitExceeded if a bound or the batch is too large; the batch is then as before
  public WriteBatch deleteRange(Keyspace keyspace, Range range) {
    KeyRange keys = range.keys();
    if (keys.isEmpty()) {
      return this;
    }
    byte[] upper = keys.upper();
    checkBound(keys.lower().length);
    checkBound(upper == null ? 0 : upper.length);
    checkRoom(keys.lower().length + (long) (upper == null ? 0 : upper.length));
    writer.deleteRange(keyspace.id(), keys);
    return this;
  }

  /// Demands that an entry has this version when the batch is written.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @param version the version that the entry must have, or 0 if it must be absent
  /// @return this batch
  public WriteBatch requireVersion(Keyspace keyspace, byte[] key, long version) {
    return condition(
        new Condition(keyspace.id(), key.clone(), Condition.Kind.VERSION_EQUALS, version));
  }

  /// Demands that an entry exists when the batch is written.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @return this batch
  public WriteBatch requirePresent(Keyspace keyspace, byte[] key) {
    return condition(new Condition(keyspace.id(), key.clone(), Condition.Kind.PRESENT, 0));
  }

  /// Asks for the version of an entry just before the batch is written; see [#observedVersion].
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  /// @return this batch
  public WriteBatch observe(Keyspace keyspace, byte[] key) {
    return condition(new Condition(keyspace.id(), key.clone(), Condition.Kind.OBSERVE, 0));
  }

  private WriteBatch condition(Condition condition) {
    checkKey(condition.key().length);
    if (conditions.isEmpty()) {
      conditions = new ArrayList<>();
    }
    conditions.add(condition);
    return this;
  }

  /// Version of the entry that a condition or observation found when this batch was last written.
  ///
  /// @param index place among the conditions and observations of this batch, from 0
  /// @return the version, 0 if there was no entry
  /// @throws IndexOutOfBoundsException if the batch was not written or has no such condition
  public long observedVersion(int index) {
    return observedVersions[index];
  }

  /// Number of changes.
  ///
  /// @return a count; conditions are not changes
  public int size() {
    return writer.operations();
  }

  /// Size of the changes as they will stand in the log.
  ///
  /// @return in bytes
  public int bytes() {
    return writer.length();
  }

  CommitWriter writer() {
    return writer;
  }

  List<Condition> conditions() {
    return conditions;
  }

  void observed(long[] versions) {
    this.observedVersions = versions;
  }

  private static void checkValue(long bytes) {
    if (bytes > Limits.VALUE_BYTES_MAX) {
      throw new EngineException.LimitExceeded("value-bytes-max", Limits.VALUE_BYTES_MAX, bytes);
    }
  }

  static void checkKey(int length) {
    if (length < Limits.KEY_BYTES_MIN) {
      throw new EngineException.LimitExceeded("key-bytes-min", Limits.KEY_BYTES_MIN, length);
    }
    if (length > Limits.KEY_BYTES_MAX) {
      throw new EngineException.LimitExceeded("key-bytes-max", Limits.KEY_BYTES_MAX, length);
    }
  }

  private static void checkBound(int length) {
    if (length > Limits.KEY_BYTES_MAX) {
      throw new EngineException.LimitExceeded("key-bytes-max", Limits.KEY_BYTES_MAX, length);
    }
  }

  private void checkRoom(long bytes) {
    long total = writer.length() + CommitWriter.OPERATION_OVERHEAD_BYTES + bytes;
    if (total > Limits.BATCH_BYTES_MAX) {
      throw new EngineException.LimitExceeded("batch-bytes-max", Limits.BATCH_BYTES_MAX, total);
    }
  }
}
