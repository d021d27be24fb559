package io.lightningdb.engine.memtable;

import org.jspecify.annotations.Nullable;

/// A node of a [PieceTree]: keys that the same deletion was the last to cover. Immutable.
///
/// @param lower first key
/// @param upper first key behind it, or null if there is none
/// @param version of the deletion
/// @param newest greatest version in this node and below it
/// @param priority not less than those below it
/// @param born version in which the node was made
/// @param left pieces before it
/// @param right pieces behind it
record Piece(
    byte[] lower,
    byte @Nullable [] upper,
    long version,
    long newest,
    int priority,
    long born,
    @Nullable Piece left,
    @Nullable Piece right) {}
