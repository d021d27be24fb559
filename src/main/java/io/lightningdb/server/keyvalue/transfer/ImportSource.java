package io.lightningdb.server.keyvalue.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// The lines of an import, one after the other. *Not thread-safe.*
interface ImportSource extends Closeable {

  /// Finds the lines of a body.
  interface Opening {

    /// Reads as much as tells what the lines are.
    ///
    /// @return the lines
    /// @throws IOException if the body cannot be read
    ImportSource open() throws IOException;
  }

  /// Reads the next line.
  ///
  /// @return what it holds, or nothing at the end
  /// @throws IOException if the stream cannot be read any further
  Optional<ImportItem> next() throws IOException;
}
