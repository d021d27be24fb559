package io.lightningdb.engine.integrity;

import io.lightningdb.engine.format.KeyRange;

/// A damaged part of a run. Reads of its keys fail, everything else goes on. Immutable.
///
/// @param keyspace whose it is
/// @param file name of the file inside the data directory
/// @param offset place in the file, in bytes from its start
/// @param bytes its length, 0 if that is not known
/// @param keys keys that cannot be read, or not all of them: as far as the ordered index tells, and no more than the
///     file is in charge of. Gets of any key may need a part of a point index, scans none
/// @param foundMillis when it was found, in milliseconds since 1970-01-01T00:00Z
/// @param foundBy who found it first since the database was opened
/// @param reason what is wrong there
public record QuarantinedBlock(
    String keyspace,
    String file,
    long offset,
    long bytes,
    KeyRange keys,
    long foundMillis,
    Finder foundBy,
    String reason) {

  /// Who finds damage.
  public enum Finder {
    /// A read of an entry or a scan.
    READ,
    /// A compaction.
    COMPACTION,
    /// The scrubber.
    SCRUB,
    /// A check of the whole database.
    CHECK,
    /// A backup.
    BACKUP
  }
}
