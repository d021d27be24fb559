package io.lightningdb.engine.format;

/// Kinds of operations in a commit, and of entries in memtables and runs. On disk: never renumber.
public final class Operation {
  private Operation() {}

  /// A key gets a value.
  public static final int PUT = 1;

  /// A key loses its value.
  public static final int DELETE = 2;

  /// All keys of a range lose their values.
  public static final int DELETE_RANGE = 3;

  /// All keys from a lower bound on lose their values.
  public static final int DELETE_FROM = 4;

  /// A key gets a value for some time: the moment when it expires stands in front of the value.
  public static final int PUT_EXPIRING = 5;
}
