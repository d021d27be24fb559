package io.lightningdb.engine.cursor;

import java.io.IOException;

/// The range deletions of one source of entries, as a reader looks at them.
public interface Deletions {
  /// The newest deletion that covers a key.
  ///
  /// @param key any key
  /// @param readVersion newest version that counts
  /// @return its version, or 0 if there is none
  /// @throws IOException if the source cannot be read or is damaged
  long covering(byte[] key, long readVersion) throws IOException;
}
