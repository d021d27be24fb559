package io.lightningdb.engine.store;

import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.Operation;
import java.util.Arrays;

/// The newest change of a key, whatever it is. *For one read at a time.*
final class ChangeProjection implements Projection<KeyChange> {
  private static final KeyChange ABSENT = KeyChange.ofRange(0);

  // A larger value is not copied for the sake of how it begins.
  private static final int VALUE_BYTES_MAX = 64 << 10;

  private final int headBytes;
  private boolean deletion;
  private int valueBytes;

  /// Makes one.
  ///
  /// @param headBytes how much of a value is kept
  ChangeProjection(int headBytes) {
    this.headBytes = headBytes;
  }

  @Override
  public boolean isThere(
      int kind, long version, long expiryMillis, long covered, ReadMoment moment) {
    deletion = kind != Operation.PUT;
    return true;
  }

  @Override
  public boolean needsValue(int bytes) {
    valueBytes = bytes;
    return bytes <= VALUE_BYTES_MAX;
  }

  @Override
  public KeyChange of(byte[] value, long version, long expiryMillis) {
    byte[] head = Arrays.copyOf(value, Math.min(value.length, headBytes));
    return new KeyChange(version, deletion, expiryMillis, valueBytes, head);
  }

  @Override
  public KeyChange absent() {
    return ABSENT;
  }
}
