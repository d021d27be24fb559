package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;

/// The end of a run file: whose it is and where to find the rest. `README.md` has the bytes.
///
/// @param format number of the format
/// @param features what a reader must know; zero before format 3
/// @param fileId id of the file
/// @param databaseId id of the database
/// @param tablePosition place of the block table in the file
/// @param tableBytes stored length of the block table, without trailer
/// @param propertiesPosition place of the properties in the file
/// @param propertiesBytes stored length of the properties, without trailer
public record RunFooter(
    int format,
    int features,
    long fileId,
    long databaseId,
    long tablePosition,
    int tableBytes,
    long propertiesPosition,
    int propertiesBytes) {

  /// Bytes in front of the checksum, which covers them.
  public static final int CHECKED_BYTES = RunFormat.FOOTER_BYTES - 4;

  /// Encodes everything but the checksum.
  ///
  /// @param out gets [#CHECKED_BYTES] bytes
  public void write(ByteWriter out) {
    out.u64(FileKind.RUN_MAGIC).u32(format).u32(features).u64(fileId);
    out.u64(tablePosition).u32(tableBytes).u32(propertiesBytes).u64(propertiesPosition);
    out.u64(databaseId).u32(0);
  }

  /// Reads what a footer says, without checking any of it.
  ///
  /// @param file the mapped file
  /// @param position place of the footer
  /// @return its fields
  public static RunFooter stated(MemorySegment file, long position) {
    return new RunFooter(
        LittleEndian.u32(file, position + 8),
        LittleEndian.u32(file, position + 12),
        LittleEndian.u64(file, position + 16),
        LittleEndian.u64(file, position + 48),
        LittleEndian.u64(file, position + 24),
        LittleEndian.u32(file, position + 32),
        LittleEndian.u64(file, position + 40),
        LittleEndian.u32(file, position + 36));
  }
}
