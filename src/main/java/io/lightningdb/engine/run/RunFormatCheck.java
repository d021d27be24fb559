package io.lightningdb.engine.run;

import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.FileKind;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Refuses runs that a newer engine wrote, before a start changes anything.
public final class RunFormatCheck {
  private RunFormatCheck() {}

  /// Looks at the footer of a run. One that is damaged or cannot be read is not refused here, but by the reader that opens the run.
  ///
  /// @param storage the data directory
  /// @param databaseId id of the database
  /// @param fileId id of the run
  /// @throws FormatTooNewException if this engine cannot read the run
  /// @throws IOException if the file cannot be opened
  public static void check(Storage storage, long databaseId, long fileId) throws IOException {
    String name = FileFormat.run(fileId);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = storage.map(name, arena);
      long position = memory.byteSize() - RunFormat.FOOTER_BYTES;
      if (position >= 0 && LittleEndian.u64(memory, position) == FileKind.RUN_MAGIC) {
        // Read alone first: where the page is missing, a copy of it would end the process.
        int expected = LittleEndian.u32(memory, position + RunFooter.CHECKED_BYTES);
        MemorySegment footer =
            MemorySegment.ofArray(
                memory.asSlice(position, RunFormat.FOOTER_BYTES).toArray(ValueLayout.JAVA_BYTE));
        int actual =
            new Checksum()
                .begin(databaseId, fileId, position)
                .update(footer, 0, RunFooter.CHECKED_BYTES)
                .value();
        RunFooter stated = RunFooter.stated(footer, 0);
        if (actual == expected) {
          FileFormat.checkReadable(name, stated.format(), stated.features());
        }
      }
    } catch (InternalError _) {
      // The page cannot be read: the reader that opens the run tells.
      return;
    }
  }
}
