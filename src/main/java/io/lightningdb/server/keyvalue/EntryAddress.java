package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Keyspace;

/// The entry that a path names, which need not exist.
///
/// @param keyspace where
/// @param key 1 to 4096 bytes
@SuppressWarnings("ArrayRecordComponent") // A plain carrier: never compared, never a map key.
public record EntryAddress(Keyspace keyspace, byte[] key) {}
