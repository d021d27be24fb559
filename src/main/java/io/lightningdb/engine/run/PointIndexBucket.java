package io.lightningdb.engine.run;

import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFormat;
import java.lang.foreign.MemorySegment;

/// What a bucket of the point index holds, read in place. Its reader meets the fault of a page that cannot be read.
final class PointIndexBucket {
  private PointIndexBucket() {}

  /// The cells of a bucket that hold a fingerprint, as bits: four at a time are compared within a word.
  static int cellsWith(MemorySegment memory, long bucket, long fingerprint) {
    long wanted = fingerprint * 0x0001_0001_0001_0001L;
    return equalLanes(LittleEndian.u64(memory, bucket) ^ wanted)
        | equalLanes(LittleEndian.u64(memory, bucket + 8) ^ wanted) << 4
        | equalLanes(LittleEndian.u64(memory, bucket + 16) ^ wanted) << 8;
  }

  /// The lanes of 16 bits that are zero, as four bits.
  private static int equalLanes(long difference) {
    long low = 0x7FFF_7FFF_7FFF_7FFFL;
    long zero = ~((difference & low) + low | difference | low);
    return (int) Long.compress(zero, ~low);
  }

  /// Leaf and slot of the entry that a cell leads to.
  static int location(MemorySegment memory, long bucket, int cell) {
    long at = bucket + RunFormat.BUCKET_LOCATIONS + 3L * cell;
    return LittleEndian.u16(memory, at) | LittleEndian.u8(memory, at + 2) << 16;
  }

  static int fingerprint(MemorySegment memory, long bucket, int cell) {
    return LittleEndian.u16(memory, bucket + 2L * cell);
  }

  /// Tells whether a key that belongs into the bucket may stand in the next one.
  static boolean isOverflowed(MemorySegment memory, long bucket) {
    return LittleEndian.u8(memory, bucket + RunFormat.BUCKET_OVERFLOW) != 0;
  }
}
