package io.lightningdb.engine;

/// How full the disk is, and what is kept free of it.
///
/// @param usableBytes bytes that may still be written, as seen within the last second; -1 if the file system does not tell
/// @param reserveBytes bytes that are kept free for deletions, flushes and merges; 0 if none are
/// @param resumeBytes free bytes from which on new data is taken again after the reserve was reached
/// @param reserveReached whether writes of new data are refused
/// @param writesRefused writes that were refused for it since the opening
public record DiskStats(
    long usableBytes,
    long reserveBytes,
    long resumeBytes,
    boolean reserveReached,
    long writesRefused) {}
