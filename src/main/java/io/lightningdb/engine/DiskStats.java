package io.lightningdb.engine;

/// How full the disk is, and what is kept free of it.
///
/// @param usableBytes bytes that may still be written, as seen within the last second; -1 if the file system does not
///     tell
/// @param ballastBytes bytes that the engine holds in a file of its own for what gives space back
/// @param ballastBytesWanted bytes that it holds as a rule: fewer are held while they are being used, or others have
///     taken them
/// @param reserveBytes bytes that are kept for deletions, flushes and merges, those that are held among them; 0 if none
///     are
/// @param resumeBytes bytes, free or held, from which on new data is taken again after the reserve was reached
/// @param reserveReached whether writes of new data are refused
/// @param writesRefused writes that were refused for it since the opening
public record DiskStats(
    long usableBytes,
    long ballastBytes,
    long ballastBytesWanted,
    long reserveBytes,
    long resumeBytes,
    boolean reserveReached,
    long writesRefused) {}
