package io.lightningdb.engine.cursor;

/// The projections that need no more than an entry's own parts.
public final class Projections {
  /// The value alone.
  public static final Projection<byte[]> VALUE = new ValueProjection();

  /// The version alone.
  public static final Projection<Long> VERSION = new VersionProjection();

  private Projections() {}
}
