package io.lightningdb.engine.format;

import java.util.Arrays;

/// Builds the body of a commit. *Confined to one thread at a time.*
///
/// The array grows as needed and is the very array that the log takes, so that a commit is encoded once.
public final class CommitWriter {
  /// Bytes before the first operation.
  public static final int HEADER_BYTES = 12;

  /// Bytes of an operation beside its key and value.
  public static final int OPERATION_OVERHEAD_BYTES = 12;

  private byte[] bytes;
  private int length = HEADER_BYTES;
  private int operations;
  private int valueBytesLargest;
  private boolean deletesRanges;
  private boolean puts;

  /// Makes an empty body.
  ///
  /// @param bytesExpected expected size, in bytes
  public CommitWriter(int bytesExpected) {
    this.bytes = new byte[Math.max(bytesExpected, 2 * HEADER_BYTES)];
  }

  /// Adds a put.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key, of legal length
  /// @param value the value, of legal length
  public void put(int keyspaceId, byte[] key, byte[] value) {
    put(keyspaceId, key, value, ExpiryTime.NEVER);
  }

  /// Adds a put.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key, of legal length
  /// @param value the value, of legal length
  /// @param expiryMillis when it expires: [ExpiryTime#NEVER] or a legal moment
  public void put(int keyspaceId, byte[] key, byte[] value, long expiryMillis) {
    put(keyspaceId, key, NOTHING, value, expiryMillis);
  }

  /// Adds a put of a value in two parts, which are copied here and nowhere else.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key, of legal length
  /// @param head what the value begins with
  /// @param rest what it goes on with; both together of legal length
  /// @param expiryMillis when it expires: [ExpiryTime#NEVER] or a legal moment
  public void put(int keyspaceId, byte[] key, byte[] head, byte[] rest, long expiryMillis) {
    int valueBytes = head.length + rest.length;
    if (expiryMillis == ExpiryTime.NEVER) {
      int at = begin(Operation.PUT, keyspaceId, key, valueBytes);
      copy(rest, copy(head, at));
    } else {
      int at = begin(Operation.PUT_EXPIRING, keyspaceId, key, ExpiryTime.BYTES + valueBytes);
      LittleEndian.putU64(bytes, at, expiryMillis);
      copy(rest, copy(head, at + ExpiryTime.BYTES));
    }
    puts = true;
    valueBytesLargest = Math.max(valueBytesLargest, valueBytes);
  }

  private int copy(byte[] part, int at) {
    System.arraycopy(part, 0, bytes, at, part.length);
    return at + part.length;
  }

  /// Adds a delete.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param key the key, of legal length
  public void delete(int keyspaceId, byte[] key) {
    add(Operation.DELETE, keyspaceId, key, NOTHING);
  }

  /// Adds a range deletion.
  ///
  /// @param keyspaceId id of the keyspace
  /// @param range not empty, bounds of legal length
  public void deleteRange(int keyspaceId, KeyRange range) {
    deletesRanges = true;
    byte[] upper = range.upper();
    if (upper == null) {
      add(Operation.DELETE_FROM, keyspaceId, range.lower(), NOTHING);
    } else {
      add(Operation.DELETE_RANGE, keyspaceId, range.lower(), upper);
    }
  }

  private static final byte[] NOTHING = new byte[0];

  private void add(int kind, int keyspaceId, byte[] key, byte[] value) {
    copy(value, begin(kind, keyspaceId, key, value.length));
  }

  /// Adds an operation whose value is still to be copied. Returns where.
  private int begin(int kind, int keyspaceId, byte[] key, int valueBytes) {
    int at = length;
    int end = at + OPERATION_OVERHEAD_BYTES + key.length + valueBytes;
    ensure(end);
    bytes[at] = (byte) kind;
    bytes[at + 1] = 0;
    LittleEndian.putU16(bytes, at + 2, key.length);
    LittleEndian.putU32(bytes, at + 4, keyspaceId);
    LittleEndian.putU32(bytes, at + 8, valueBytes);
    System.arraycopy(key, 0, bytes, at + OPERATION_OVERHEAD_BYTES, key.length);
    length = end;
    operations++;
    return end - valueBytes;
  }

  private void ensure(int end) {
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, (int) Math.min(bytes.length * 2L, 1 << 30)));
    }
  }

  /// Writes the header: to be called just before the body is used.
  ///
  /// @param timeMillis wall-clock time of the commit
  public void finish(long timeMillis) {
    LittleEndian.putU64(bytes, 0, timeMillis);
    LittleEndian.putU32(bytes, 8, operations);
  }

  /// The body, from index 0. Valid until the next operation is added.
  ///
  /// @return an array at least as long as the body
  public byte[] bytes() {
    return bytes;
  }

  /// Length of the body.
  ///
  /// @return in bytes
  public int length() {
    return length;
  }

  /// Number of operations.
  ///
  /// @return a count
  public int operations() {
    return operations;
  }

  /// Tells whether there is a put, so that the commit adds data and does not only remove some.
  ///
  /// @return true if so
  public boolean puts() {
    return puts;
  }

  /// Tells whether a range is deleted.
  ///
  /// @return true if so
  public boolean deletesRanges() {
    return deletesRanges;
  }

  /// Size of the largest value put.
  ///
  /// @return in bytes, 0 if there is none
  public int valueBytesLargest() {
    return valueBytesLargest;
  }
}
