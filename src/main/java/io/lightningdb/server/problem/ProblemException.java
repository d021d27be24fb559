package io.lightningdb.server.problem;

/// Ends a request with a problem. It has no stack trace: it tells of a mistake in the request, not in the service.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /// Carries a problem to the place where it is answered.
  ///
  /// @param problem what to answer
  ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /// What to answer.
  ///
  /// @return the problem
  public Problem problem() {
    return problem;
  }
}
