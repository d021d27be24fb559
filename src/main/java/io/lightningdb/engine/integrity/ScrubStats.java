package io.lightningdb.engine.integrity;

import java.util.Optional;

/// What the scrubber does and has done. Moments are milliseconds since 1970-01-01T00:00Z, 0 for never.
///
/// @param bytesPerSecondMax what it may read in a second, in bytes; 0 if it is switched off
/// @param bytesRead bytes read since the database was opened
/// @param blocksDamaged damaged places met since the database was opened, again in each pass
/// @param passesCompleted passes over everything that were completed since the database was opened
/// @param running whether a pass is under way
/// @param passStartedMillis when the pass under way was begun, or else the last one; passes of earlier processes count
/// @param passBytes bytes read in that pass, those before a restart included
/// @param passBytesAll bytes to be read in that pass, as far as known
/// @param passBlocksDamaged damaged places met in that pass
/// @param completedMillis when a pass over everything was last completed, be it by an earlier process
/// @param problem why the progress could not be kept for the next process, if it could not
public record ScrubStats(
    long bytesPerSecondMax,
    long bytesRead,
    long blocksDamaged,
    long passesCompleted,
    boolean running,
    long passStartedMillis,
    long passBytes,
    long passBytesAll,
    long passBlocksDamaged,
    long completedMillis,
    Optional<String> problem) {}
