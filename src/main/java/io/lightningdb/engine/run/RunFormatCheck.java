package io.lightningdb.engine.run;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;

/// Refuses runs that a newer engine wrote, before a start changes anything.
public final class RunFormatCheck {
  private RunFormatCheck() {}

  /// Looks at the footer of a run. One that is damaged or cannot be read is not refused here, but by the reader that
  /// opens the run.
  ///
  /// @param storage the data directory
  /// @param databaseId id of the database
  /// @param fileId id of the run
  /// @throws FormatTooNewException if this engine cannot read the run
  /// @throws IOException if the file cannot be opened
  public static void check(Storage storage, long databaseId, long fileId) throws IOException {
    try (MappedFile file = MappedFile.confined(storage, FileFormat.run(fileId))) {
      new RunPieces(file, databaseId, fileId).footer();
    } catch (CorruptionException _) {
      // The reader that opens the run tells.
      return;
    }
  }
}
