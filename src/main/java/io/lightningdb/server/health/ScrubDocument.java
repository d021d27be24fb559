package io.lightningdb.server.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.integrity.ScrubStats;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the scrubber does and has done, as operators see it.
///
/// @param bytesPerSecondMax what it may read in a second; 0 if it is switched off
/// @param running whether a pass over everything is under way
/// @param passStartedAt when that pass was begun, or else the last one
/// @param passBytes bytes read in it
/// @param passBytesAll bytes to be read in it, as far as known
/// @param passBlocksDamaged damaged places met in it
/// @param completedAt when a pass was last completed; absent if none ever was
/// @param problem why its progress would not survive a restart, if it would not
@JsonInclude(JsonInclude.Include.NON_NULL)
record ScrubDocument(
    long bytesPerSecondMax,
    boolean running,
    @Nullable Instant passStartedAt,
    long passBytes,
    long passBytesAll,
    long passBlocksDamaged,
    @Nullable Instant completedAt,
    @Nullable String problem) {

  static ScrubDocument of(ScrubStats stats) {
    return new ScrubDocument(
        stats.bytesPerSecondMax(),
        stats.running(),
        moment(stats.passStartedMillis()),
        stats.passBytes(),
        stats.passBytesAll(),
        stats.passBlocksDamaged(),
        moment(stats.completedMillis()),
        stats.problem().orElse(null));
  }

  private static @Nullable Instant moment(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }
}
