package io.lightningdb.engine.commit;

/// A condition did not hold; nothing was logged or changed.
public final class ConditionFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Place of the condition, from 0.
  private final int index;

  /// Version found, 0 if absent.
  private final long actualVersion;

  ConditionFailedException(int index, Condition condition, long actualVersion) {
    super(
        "condition "
            + index
            + " demands an entry "
            + condition.demand()
            + ", and it "
            + (actualVersion == 0 ? "is absent" : "has version " + actualVersion));
    this.index = index;
    this.actualVersion = actualVersion;
  }

  /// Which condition failed.
  ///
  /// @return its place, from 0
  public int index() {
    return index;
  }

  /// What was found.
  ///
  /// @return a version, 0 if the entry is absent
  public long actualVersion() {
    return actualVersion;
  }
}
