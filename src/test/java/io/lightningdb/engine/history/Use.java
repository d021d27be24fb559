package io.lightningdb.engine.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one transaction had to do with one key.
///
/// @param attempt the transaction
/// @param key the key
/// @param read what it read of what others wrote, null if it did not read
/// @param written what it wrote, in order
record Use<V>(Attempt attempt, String key, @Nullable V read, List<Long> written) {

  int number() {
    return attempt.number();
  }

  boolean writes() {
    return !written.isEmpty();
  }

  /// Tells whether a value is one of its own that it replaced itself.
  boolean isIntermediate(long value) {
    return written.contains(value) && written.getLast() != value;
  }
}
