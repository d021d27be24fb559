package io.lightningdb.engine.history;

import java.util.List;

/// One transaction as its client saw it.
///
/// @param number its place in the history, from 0
/// @param invoked when it began, in ticks: it saw nothing of what happened before it is ordered otherwise
/// @param completed when its answer came, in ticks; [Long#MAX_VALUE] if none came
/// @param outcome what the answer was
/// @param actions what it did, in order
record Attempt(int number, long invoked, long completed, Outcome outcome, List<Action> actions) {
  enum Outcome {
    /// It happened.
    COMMITTED,
    /// It did not, and never will.
    ABORTED,
    /// Nobody knows; if it happened, then at any time after it was invoked.
    UNKNOWN
  }

  Attempt withNumber(int other) {
    return new Attempt(other, invoked, completed, outcome, actions);
  }
}
