package io.lightningdb.client;

/** A condition of a write did not hold; nothing was changed. */
public final class ConditionFailedException extends ProblemException {
  private static final long serialVersionUID = 1;

  ConditionFailedException(Problem problem) {
    super(problem);
  }

  /**
   * The version that the entry has.
   *
   * @return the version, 0 if there is no entry
   */
  public long actualVersion() {
    return problem().number("actualVersion").orElse(0);
  }
}
