package io.lightningdb.engine;

/// One entry as a reader saw it. The caller owns the array.
///
/// @param value the value
/// @param version number of the commit that wrote it
public record Entry(byte[] value, long version) {}
