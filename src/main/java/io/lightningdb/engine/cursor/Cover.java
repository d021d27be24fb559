package io.lightningdb.engine.cursor;

import org.jspecify.annotations.Nullable;

/// How far a range deletion reaches from a key that it covers.
///
/// @param version of the deletion
/// @param upper every key from the one that was asked for up to this one, not included, is covered; null if there is no
///     end
public record Cover(long version, byte @Nullable [] upper) {}
