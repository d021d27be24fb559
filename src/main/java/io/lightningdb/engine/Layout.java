package io.lightningdb.engine;

import io.lightningdb.engine.compaction.LayoutPolicy;

/// The dial between a B+Tree and an LSM tree: how eagerly the runs of a keyspace are merged.
public enum Layout {
  /// One row of runs a level, merged eagerly: reads touch the fewest runs, writes are rewritten the most.
  READ_OPTIMIZED(LayoutPolicy.LEVELED),
  /// Several rows a level above one big merged level (lazy leveling).
  BALANCED(LayoutPolicy.LAZY_LEVELED),
  /// Several rows on every level: writes are rewritten the least, reads touch the most runs.
  WRITE_OPTIMIZED(LayoutPolicy.TIERED);

  private final LayoutPolicy policy;

  Layout(LayoutPolicy policy) {
    this.policy = policy;
  }

  LayoutPolicy policy() {
    return policy;
  }
}
