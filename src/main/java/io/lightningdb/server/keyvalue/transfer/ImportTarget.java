package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;

/// Where an import writes, and how.
///
/// @param keyspace where
/// @param durability what its commits must survive
/// @param onError what to do about lines that cannot be imported
record ImportTarget(Keyspace keyspace, Durability durability, OnError onError) {}
