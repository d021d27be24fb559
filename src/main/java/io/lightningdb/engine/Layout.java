package io.lightningdb.engine;

import io.lightningdb.engine.compaction.LayoutPolicy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The dial between a B+Tree and an LSM tree: how eagerly the runs of a keyspace are merged.
public enum Layout {
  /// One row of runs a level, merged eagerly: reads touch the fewest runs, writes are rewritten the most.
  READ_OPTIMIZED(LayoutPolicy.LEVELED),
  /// Several rows a level above one big merged level (lazy leveling).
  BALANCED(LayoutPolicy.LAZY_LEVELED),
  /// Several rows on every level: writes are rewritten the least, reads touch the most runs.
  WRITE_OPTIMIZED(LayoutPolicy.TIERED),
  /// Rows by when their entries expire, so that whole files go at their time; what does not expire is laid out as
  /// `WRITE_OPTIMIZED`. For entries that are written in the order of time and live about equally long.
  TIME_ORDERED(LayoutPolicy.TIME_ORDERED),
  /// One of the first three, chosen and changed by how the keyspace is read and written; `BALANCED` to begin with after
  /// each start.
  AUTO(null);

  private final @Nullable LayoutPolicy policy;

  Layout(@Nullable LayoutPolicy policy) {
    this.policy = policy;
  }

  /// The policy, or null if it depends on how the keyspace is used.
  @Nullable LayoutPolicy policy() {
    return policy;
  }

  /// The layout that is made by a policy.
  static Layout of(LayoutPolicy policy) {
    return Arrays.stream(values())
        .filter(layout -> layout.policy == policy)
        .findFirst()
        .orElseThrow();
  }
}
