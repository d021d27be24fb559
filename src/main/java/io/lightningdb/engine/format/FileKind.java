package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Kinds of engine files, and how to tell them.
public enum FileKind {
  /// The lock file.
  LOCK,
  /// A manifest, in use or about to be.
  MANIFEST,
  /// A log segment, in use or spare.
  LOG,
  /// A run.
  RUN;

  /// First bytes of a log segment.
  public static final long LOG_MAGIC = 0x0100_474F_4C42_444CL;

  /// First bytes of a manifest.
  public static final long MANIFEST_MAGIC = 0x0100_4E41_4D42_444CL;

  /// First bytes of the footer of a run.
  public static final long RUN_MAGIC = 0x0100_4E55_5242_444CL;

  /// Tells the kind of a file by its name.
  ///
  /// @param name any file name
  /// @return its kind, or null if engine files have other names
  public static @Nullable FileKind ofName(String name) {
    return switch (name) {
      case FileFormat.LOCK -> LOCK;
      case FileFormat.MANIFEST, FileFormat.MANIFEST_NEW -> MANIFEST;
      default ->
          FileFormat.runFileId(name).isPresent()
              ? RUN
              : FileFormat.logSequence(name).isPresent() || FileFormat.spareNumber(name).isPresent()
                  ? LOG
                  : null;
    };
  }

  /// Tells the kind of a file by its first and last bytes.
  ///
  /// @param file the mapped file
  /// @return its kind, or null if it has no mark of an engine file
  public static @Nullable FileKind ofContent(MemorySegment file) {
    long footer = file.byteSize() - RunFormat.FOOTER_BYTES;
    if (file.byteSize() >= Long.BYTES && LittleEndian.u64(file, 0) == LOG_MAGIC) {
      return LOG;
    }
    if (file.byteSize() >= Long.BYTES && LittleEndian.u64(file, 0) == MANIFEST_MAGIC) {
      return MANIFEST;
    }
    return footer >= 0 && LittleEndian.u64(file, footer) == RUN_MAGIC ? RUN : null;
  }
}
