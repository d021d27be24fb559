package io.lightningdb.engine;

import java.time.Duration;

/// An open snapshot. Immutable.
///
/// @param id its number, unique while the database is open
/// @param owner who took it; empty if that was not said
/// @param version newest version that it sees
/// @param age time since it was taken
public record SnapshotInfo(long id, String owner, long version, Duration age) {}
