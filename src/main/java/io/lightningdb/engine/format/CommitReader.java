package io.lightningdb.engine.format;

import java.util.Arrays;

/// Walks the operations of a commit body. *Confined to one thread.*
///
/// The body may come from a damaged or hostile log: every field is checked before it is used.
public final class CommitReader {
  private final byte[] bytes;
  private final int end;
  private int remaining;
  private int at;
  private int next = CommitWriter.HEADER_BYTES;

  /// Starts before the first operation.
  ///
  /// @param bytes holds the body
  /// @param length length of the body, from index 0
  /// @throws IllegalArgumentException if this is no commit body
  public CommitReader(byte[] bytes, int length) {
    require(length >= CommitWriter.HEADER_BYTES, "a commit is shorter than its header");
    this.bytes = bytes;
    this.end = length;
    this.remaining = LittleEndian.u32(bytes, 8);
    require(remaining > 0, "a commit has no operations");
  }

  /// Goes to the next operation.
  ///
  /// @return false if there is none
  /// @throws IllegalArgumentException if the next operation breaks the format
  public boolean next() {
    if (remaining == 0) {
      require(next == end, "a commit is longer than its operations");
      return false;
    }
    at = next;
    require(end - at >= CommitWriter.OPERATION_OVERHEAD_BYTES, "an operation is cut");
    checkSizes();
    next = at + CommitWriter.OPERATION_OVERHEAD_BYTES + keyLength() + storedValueLength();
    remaining--;
    return true;
  }

  private void checkSizes() {
    int kind = kind();
    require(kind >= Operation.PUT && kind <= Operation.PUT_EXPIRING, "an operation is of no kind");
    require(bytes[at + 1] == 0, "a reserved byte is not zero");
    int least = isRange() ? 0 : Limits.KEY_BYTES_MIN;
    require(
        keyLength() >= least && keyLength() <= Limits.KEY_BYTES_MAX, "a key has an illegal length");
    int most =
        switch (kind) {
          case Operation.PUT -> Limits.VALUE_BYTES_MAX;
          case Operation.PUT_EXPIRING -> ExpiryTime.BYTES + Limits.VALUE_BYTES_MAX;
          case Operation.DELETE_RANGE -> Limits.KEY_BYTES_MAX;
          default -> 0;
        };
    int stored = storedValueLength();
    require(stored >= 0 && stored <= most, "a value has an illegal length");
    long operationEnd = (long) at + CommitWriter.OPERATION_OVERHEAD_BYTES + keyLength() + stored;
    require(operationEnd <= end, "an operation is cut");
    if (kind == Operation.PUT_EXPIRING) {
      require(stored >= ExpiryTime.BYTES, "an expiring value has an illegal length");
      require(ExpiryTime.isLegal(expiryMillis()), "an entry expires at an illegal moment");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /// Time of the commit.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z
  public long timeMillis() {
    return LittleEndian.u64(bytes, 0);
  }

  /// Tells whether any operation of the commit, before or behind the current one, is a range deletion.
  ///
  /// @return true if there is one
  public boolean hasRange() {
    if (LittleEndian.u32(bytes, 8) < 2) {
      return false;
    }
    CommitReader all = new CommitReader(bytes, end);
    while (all.next()) {
      if (all.isRange()) {
        return true;
      }
    }
    return false;
  }

  /// Kind of the operation.
  ///
  /// @return a constant of [Operation]
  public int kind() {
    return bytes[at];
  }

  /// Tells whether the operation is a range deletion.
  ///
  /// @return true if it has a range instead of a key
  public boolean isRange() {
    return kind() == Operation.DELETE_RANGE || kind() == Operation.DELETE_FROM;
  }

  /// Tells whether the operation is a put, expiring or not.
  ///
  /// @return true if it has a key and a value
  public boolean isPut() {
    return kind() == Operation.PUT || kind() == Operation.PUT_EXPIRING;
  }

  /// When what the operation puts expires.
  ///
  /// @return [ExpiryTime#NEVER] unless it is an expiring put
  public long expiryMillis() {
    return kind() == Operation.PUT_EXPIRING
        ? LittleEndian.u64(bytes, storedValueOffset())
        : ExpiryTime.NEVER;
  }

  /// The array that holds the operations.
  ///
  /// @return not to be changed
  public byte[] bytes() {
    return bytes;
  }

  /// Keyspace of the operation.
  ///
  /// @return its id
  public int keyspaceId() {
    return LittleEndian.u32(bytes, at + 4);
  }

  /// Where the key starts.
  ///
  /// @return index in the array
  public int keyOffset() {
    return at + CommitWriter.OPERATION_OVERHEAD_BYTES;
  }

  /// Length of the key.
  ///
  /// @return in bytes
  public int keyLength() {
    return LittleEndian.u16(bytes, at + 2);
  }

  /// Where the stored value starts, which for an expiring put is the moment followed by the value.
  ///
  /// @return index in the array
  public int storedValueOffset() {
    return keyOffset() + keyLength();
  }

  /// Length of the stored value.
  ///
  /// @return in bytes
  public int storedValueLength() {
    return LittleEndian.u32(bytes, at + 8);
  }

  private int valueOffset() {
    return storedValueOffset() + (kind() == Operation.PUT_EXPIRING ? ExpiryTime.BYTES : 0);
  }

  /// Length of the value.
  ///
  /// @return in bytes
  public int valueLength() {
    return storedValueLength() - (valueOffset() - storedValueOffset());
  }

  /// Copies the key.
  ///
  /// @return a new array
  public byte[] key() {
    return Arrays.copyOfRange(bytes, keyOffset(), keyOffset() + keyLength());
  }

  /// Copies the value.
  ///
  /// @return a new array
  public byte[] value() {
    return Arrays.copyOfRange(bytes, valueOffset(), valueOffset() + valueLength());
  }

  /// The range of a range deletion.
  ///
  /// @return a new range
  public KeyRange range() {
    return new KeyRange(key(), kind() == Operation.DELETE_FROM ? null : value());
  }
}
