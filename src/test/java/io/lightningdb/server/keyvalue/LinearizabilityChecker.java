package io.lightningdb.server.keyvalue;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// Searches an order in which the calls on one entry could have happened one after the other, each between its start and its
/// end, so that every answer is right. The search of Wing and Gong; it remembers what it has tried. Used once.
final class LinearizabilityChecker {
  /// Most calls of a history: one bit of a long for each.
  static final int CALLS_MAX = 64;

  private final List<RegisterCall> calls;
  private final Set<Tried> tried = new HashSet<>();

  private record Tried(long done, long state) {}

  private LinearizabilityChecker(List<RegisterCall> calls) {
    this.calls = calls;
  }

  /// Checks a history that begins without an entry.
  ///
  /// @param calls in any order
  /// @return true if there is such an order
  static boolean isLinearizable(List<RegisterCall> calls) {
    if (calls.size() > CALLS_MAX) {
      throw new IllegalArgumentException(
          "calls="
              + calls.size()
              + " is more than "
              + CALLS_MAX
              + ", the most that can be checked");
    }
    return new LinearizabilityChecker(calls).search(0, 0, 0);
  }

  private boolean search(long done, int count, long state) {
    if (count == calls.size()) {
      return true;
    }
    if (!tried.add(new Tried(done, state))) {
      return false;
    }
    long firstEnd = firstEnd(done);
    for (int i = 0; i < calls.size(); i++) {
      // Whoever started after another one had ended cannot come before it.
      if (isOpen(done, i) && calls.get(i).startNanos() <= firstEnd) {
        OptionalLong after = calls.get(i).after(state);
        if (after.isPresent() && search(done | 1L << i, count + 1, after.getAsLong())) {
          return true;
        }
      }
    }
    return false;
  }

  private long firstEnd(long done) {
    long first = Long.MAX_VALUE;
    for (int i = 0; i < calls.size(); i++) {
      first = isOpen(done, i) ? Math.min(first, calls.get(i).endNanos()) : first;
    }
    return first;
  }

  private static boolean isOpen(long done, int index) {
    return (done & 1L << index) == 0;
  }
}
