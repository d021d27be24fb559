package io.lightningdb.engine.backup;

/// A file of a backed-up database. Immutable.
///
/// @param name of the file in the data directory
/// @param owner id of the backup that copied it, which may be an ancestor of the one that lists it
/// @param bytes its size
/// @param crc CRC-32C of all of it
public record BackupFile(String name, String owner, long bytes, int crc) {

  /// Name of the object that holds it.
  ///
  /// @return name in the target
  public String object() {
    return ObjectNames.data(owner) + name;
  }
}
