package io.lightningdb.engine.cursor;

/// The version alone.
final class VersionProjection implements Projection<Long> {
  // No version is negative: an object of its own.
  private static final Long ABSENT = Long.MIN_VALUE;

  @Override
  public Long of(byte[] value, long version, long expiryMillis) {
    return version;
  }

  @Override
  public Long absent() {
    return ABSENT;
  }

  @Override
  public boolean needsValue(int valueBytes) {
    return false;
  }
}
