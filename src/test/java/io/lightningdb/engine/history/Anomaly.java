package io.lightningdb.engine.history;

import io.lightningdb.engine.Isolation;

/// What can be wrong with a history.
enum Anomaly {
  /// Something was read that nobody wrote, or an element came up twice.
  GARBAGE_READ,
  /// A transaction did not see its own writes, or not the same thing twice.
  INTERNAL,
  /// Two reads of a list cannot both come from one order of its versions.
  INCOMPATIBLE_ORDER,
  /// G1a: something was read that was rolled back.
  ABORTED_READ,
  /// G1b: something was read that its writer itself changed afterwards.
  INTERMEDIATE_READ,
  /// G0: writes overwrite each other in a circle.
  WRITE_CYCLE,
  /// G1c: a circle of overwriting and reading.
  CIRCULAR_INFORMATION_FLOW,
  /// G-single: a circle with one anti-dependency, such as a lost update or two reads of different moments.
  SINGLE_ANTI_DEPENDENCY,
  /// A circle with several anti-dependencies, no two of them adjacent.
  NONADJACENT_ANTI_DEPENDENCIES,
  /// G2: a circle with adjacent anti-dependencies, such as a write skew or a phantom.
  ADJACENT_ANTI_DEPENDENCIES;

  /// Tells whether an isolation level promises that this does not happen.
  boolean isForbiddenBy(Isolation isolation) {
    return isolation == Isolation.SERIALIZABLE || this != ADJACENT_ANTI_DEPENDENCIES;
  }
}
