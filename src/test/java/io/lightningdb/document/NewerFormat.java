package io.lightningdb.document;

import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;

/// What a later version writes.
final class NewerFormat {
  private static final int FORMAT_AT = 8;
  private static final int HEADER_BYTES = 28;

  private NewerFormat() {}

  /// A manifest whose header names the next format.
  ///
  /// @param content of one of this version
  static byte[] manifest(byte[] content) {
    byte[] newer = content.clone();
    LittleEndian.putU32(newer, FORMAT_AT, FileFormat.FORMAT + 1);
    Checksum checksum = new Checksum();
    checksum.begin(Checksum.TAG_MANIFEST_HEADER, 0, 0);
    LittleEndian.putU32(newer, HEADER_BYTES, checksum.update(newer, 0, HEADER_BYTES).value());
    return newer;
  }
}
