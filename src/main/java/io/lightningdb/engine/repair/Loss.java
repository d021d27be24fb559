package io.lightningdb.engine.repair;

import io.lightningdb.engine.format.KeyRange;

/// Keys of which it is not known any more what a damaged run held. Immutable.
///
/// @param keyspace whose they are
/// @param file the damaged run
/// @param keys the keys; what newer files hold of them is right and stays
/// @param olderFiles how many files have an older state of some of these keys, which is given up or shown as
///     [OlderState] says
public record Loss(String keyspace, String file, KeyRange keys, int olderFiles) {}
