package io.lightningdb.engine;

import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.format.ExpiryTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One entry as a reader saw it. The caller owns the array.
///
/// @param value the value
/// @param version number of the commit that wrote it
/// @param expiryMillis when it expires, in milliseconds since 1970-01-01T00:00Z; [Long#MAX_VALUE] if it does not
public record Entry(byte[] value, long version, long expiryMillis) {
  static final Projection<Entry> PROJECTION = new OfEntry();

  /// An entry that does not expire.
  ///
  /// @param value the value
  /// @param version number of the commit that wrote it
  public Entry(byte[] value, long version) {
    this(value, version, ExpiryTime.NEVER);
  }

  /// An entry that expires, or does not.
  ///
  /// @param value the value
  /// @param version number of the commit that wrote it
  /// @param expiresAt when it expires, or null if it does not
  public Entry(byte[] value, long version, @Nullable Instant expiresAt) {
    this(value, version, expiresAt == null ? ExpiryTime.NEVER : expiresAt.toEpochMilli());
  }

  private static final class OfEntry implements Projection<Entry> {
    private static final Entry ABSENT = new Entry(new byte[0], 0);

    @Override
    public Entry of(byte[] value, long version, long expiryMillis) {
      return new Entry(value, version, expiryMillis);
    }

    @Override
    public Entry absent() {
      return ABSENT;
    }
  }

  /// Reads an entry whose value is no larger than allowed, and tells the size of one that is. *For one read.*
  static final class UpTo implements Projection<Entry> {
    private final int valueBytesMax;
    private int valueBytes;

    /// Makes one.
    ///
    /// @param valueBytesMax a larger value is not copied, in bytes
    UpTo(int valueBytesMax) {
      this.valueBytesMax = valueBytesMax;
    }

    @Override
    public boolean needsValue(int bytes) {
      valueBytes = bytes;
      return bytes <= valueBytesMax;
    }

    /// Whether the entry that was found came without its value.
    boolean isTooLarge() {
      return valueBytes > valueBytesMax;
    }

    /// Size of the value that was found last, in bytes.
    int valueBytes() {
      return valueBytes;
    }

    @Override
    public Entry of(byte[] value, long version, long expiryMillis) {
      return new Entry(value, version, expiryMillis);
    }

    @Override
    public Entry absent() {
      return OfEntry.ABSENT;
    }
  }

  /// When it expires.
  ///
  /// @return the moment, or null if it does not
  public @Nullable Instant expiresAt() {
    return Expiry.instant(expiryMillis);
  }
}
