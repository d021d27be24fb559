package io.lightningdb.engine;

import java.time.Instant;

/// A change of layout that a keyspace with the layout `AUTO` has made by itself.
///
/// @param time when
/// @param from layout before
/// @param to layout after
/// @param reason what was seen, for people
public record LayoutDecision(Instant time, Layout from, Layout to, String reason) {}
