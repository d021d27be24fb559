package io.lightningdb.server.keyvalue.transfer;

/// How large the parts of an import may be.
///
/// @param lineBytesMax longest line, in bytes
/// @param valueBytesMax largest value, in bytes
record ImportBounds(int lineBytesMax, long valueBytesMax) {}
