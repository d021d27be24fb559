package io.lightningdb.engine.backup;

import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.Features;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import java.util.Arrays;

/// A small object with a mark in front of its body and a checksum behind it. From format 3 on the body begins with the
/// features that a reader must know.
final class SealedObject {
  private static final int HEADER_BYTES = 16;
  private static final int FEATURES_BYTES = 4;

  private SealedObject() {}

  static byte[] encode(long magic, long tag, ByteWriter body) {
    ByteWriter out = new ByteWriter(body.length() + HEADER_BYTES + FEATURES_BYTES + 4);
    out.u64(magic).u32(FileFormat.FORMAT).u32(FEATURES_BYTES + body.length());
    out.u32(Features.NONE);
    out.raw(body.array(), 0, body.length());
    return out.u32(sum(tag, out.array(), out.length())).toByteArray();
  }

  private static int sum(long tag, byte[] bytes, int length) {
    return new Checksum().begin(tag, 0, 0).update(bytes, 0, length).value();
  }

  /// Gives the body.
  ///
  /// @throws IllegalArgumentException if the bytes are no such object
  static byte[] decode(long magic, long tag, byte[] bytes) {
    int end = bytes.length - 4;
    require(end >= HEADER_BYTES, "it is cut short");
    require(LittleEndian.u64(bytes, 0) == magic, "it is something else");
    require(
        LittleEndian.u32(bytes, end) == sum(tag, bytes, end),
        "its checksum does not match its bytes");
    int format = LittleEndian.u32(bytes, 8);
    require(FileFormat.isReadable(format), "it has a newer format; use the version that wrote it");
    require(LittleEndian.u32(bytes, 12) == end - HEADER_BYTES, "its length is wrong");
    int start = HEADER_BYTES;
    if (format >= FileFormat.FORMAT_WITH_FEATURES) {
      require(end - start >= FEATURES_BYTES, "it is cut short");
      checkFeatures(LittleEndian.u32(bytes, start));
      start += FEATURES_BYTES;
    }
    return Arrays.copyOfRange(bytes, start, end);
  }

  private static void checkFeatures(int features) {
    if (!Features.areReadable(features)) {
      throw new IllegalArgumentException(
          "it has "
              + Features.unknown(features)
              + ", which this version does not know; use the version that wrote it");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
