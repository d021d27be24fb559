package io.lightningdb.engine;

import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import java.time.Duration;

/// What the system has none left of, so that flushes, merges or new log segments wait and are tried again.
///
/// @param resource what there is none left of
/// @param cause what the system said
/// @param age how long that has been so
public record ShortageStats(Resource resource, String cause, Duration age) {}
