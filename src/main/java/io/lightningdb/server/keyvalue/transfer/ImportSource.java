package io.lightningdb.server.keyvalue.transfer;

import java.io.IOException;
import java.util.Optional;

/// The lines of an import, one after the other. *Not thread-safe.*
interface ImportSource {

  /// Reads the next line.
  ///
  /// @return what it holds, or nothing at the end
  /// @throws IOException if the stream cannot be read any further
  Optional<ImportItem> next() throws IOException;
}
