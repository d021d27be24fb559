package io.lightningdb.client;

/** The service answered a problem. Two kinds that programs react to have classes of their own. */
public class ProblemException extends LightningException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(
        problem.status() + " " + problem.type() + ": " + problem.title() + ": " + problem.detail(),
        null);
    this.problem = problem;
  }

  static ProblemException of(Problem problem) {
    if (problem.is("precondition-failed")) {
      return new ConditionFailedException(problem);
    }
    if (problem.is("transaction-conflict")
        || problem.is("deadlock")
        || problem.is("lock-timeout")
        || problem.is("conflict")) {
      return new ConflictException(problem);
    }
    return new ProblemException(problem);
  }

  /**
   * What the service answered.
   *
   * @return the problem; null if the exception was serialized
   */
  public Problem problem() {
    return problem;
  }
}
