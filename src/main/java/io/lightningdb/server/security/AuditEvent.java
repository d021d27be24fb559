package io.lightningdb.server.security;

import io.lightningdb.engine.cache.HeapBytes;
import java.time.Instant;

/// A line of the audit log, as it is kept in memory for those who look. Immutable, and bounded: what outsiders wrote is cut.
///
/// @param number tells the order; unique while the service runs
/// @param time when it was written
/// @param actor who did it
/// @param address where it came from
/// @param action what was asked
/// @param target of the action; empty if there is none
/// @param outcome what became of it
/// @param requestId of the request; empty if there was none
record AuditEvent(
    long number,
    Instant time,
    String actor,
    String address,
    String action,
    String target,
    String outcome,
    String requestId) {
  private static final int LENGTH_MAX = 200;
  private static final long OBJECT_BYTES = 48 + 24;

  /// Cuts what is too long.
  AuditEvent {
    actor = cut(actor);
    address = cut(address);
    action = cut(action);
    target = cut(target);
    outcome = cut(outcome);
    requestId = cut(requestId);
  }

  private static String cut(String text) {
    return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "…";
  }

  /// What it takes of the heap at most.
  ///
  /// @return in bytes
  long heapBytes() {
    long bytes = OBJECT_BYTES;
    for (String text : new String[] {actor, address, action, target, outcome, requestId}) {
      // A character may take two bytes.
      bytes += 2 * HeapBytes.of(text);
    }
    return bytes;
  }
}
