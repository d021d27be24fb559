package io.lightningdb.server.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One piece of long work, as it stands. Immutable.
///
/// @param id names it
/// @param kind what it does, as a word
/// @param state how far it has come, as a word
/// @param parameters what was asked for
/// @param startedAt when it began
/// @param endedAt when it ended
/// @param progress how much of it is done, 0 to 1, as far as that is known
/// @param bytesPerSecond how fast it is, for work that is measured in bytes
/// @param estimatedEndAt when it may end, at this speed
/// @param result what came of it, if it succeeded
/// @param problem why it failed, as far as the members that all problems have
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Operation(
    String id,
    String kind,
    String state,
    Map<String, Object> parameters,
    Instant startedAt,
    @Nullable Instant endedAt,
    double progress,
    @Nullable Long bytesPerSecond,
    @Nullable Instant estimatedEndAt,
    @Nullable Map<String, Object> result,
    @Nullable Map<String, Object> problem) {

  /// A piece of work that begins.
  ///
  /// @param id names it
  /// @param kind what it does, as a word
  /// @param parameters what was asked for
  /// @param now the time
  /// @return the operation
  static Operation started(String id, String kind, Map<String, Object> parameters, Instant now) {
    return new Operation(id, kind, "running", parameters, now, null, 0, null, null, null, null);
  }

  /// The same, further on.
  Operation at(double done, @Nullable Long speed, @Nullable Instant end) {
    return new Operation(
        id, kind, state, parameters, startedAt, null, done, speed, end, null, null);
  }

  /// The same, ended without a result.
  Operation ended(String how, Instant now) {
    return new Operation(
        id, kind, how, parameters, startedAt, now, progress, null, null, null, null);
  }

  /// The same, ended well.
  Operation succeeded(Map<String, Object> outcome, Instant now) {
    return new Operation(
        id, kind, "succeeded", parameters, startedAt, now, 1, null, null, outcome, null);
  }

  /// The same, failed.
  Operation failed(Map<String, Object> why, Instant now) {
    return new Operation(
        id, kind, "failed", parameters, startedAt, now, progress, null, null, null, why);
  }
}
