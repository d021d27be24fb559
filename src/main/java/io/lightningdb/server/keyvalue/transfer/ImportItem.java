package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Expiry;
import io.lightningdb.server.keyvalue.StoredValue;

/// What a line of an import holds. Immutable.
sealed interface ImportItem {

  /// The line.
  ///
  /// @return its number from 1; of several lines the last
  long line();

  /// An entry to write.
  ///
  /// @param line its line
  /// @param key 1 to 4096 bytes
  /// @param value its value
  /// @param expiry when it expires
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Entry(long line, byte[] key, StoredValue value, Expiry expiry) implements ImportItem {}

  /// A line that cannot be imported.
  ///
  /// @param line its line
  /// @param reason why, in a sentence
  record Rejected(long line, String reason) implements ImportItem {}

  /// A line without content.
  ///
  /// @param line its line
  record Blank(long line) implements ImportItem {}
}
