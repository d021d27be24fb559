package io.lightningdb.engine.cursor;

/// The value alone.
final class ValueProjection implements Projection<byte[]> {
  private static final byte[] ABSENT = new byte[0];

  @Override
  public byte[] of(byte[] value, long version, long expiryMillis) {
    return value;
  }

  @Override
  public byte[] absent() {
    return ABSENT;
  }
}
