package io.lightningdb.server.keyvalue;

/// What a write of one entry did.
///
/// @param version version of the commit
/// @param created whether there was no entry before
record WriteResult(long version, boolean created) {}
