package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.RangeTombstones.Fragment;
import io.lightningdb.engine.format.ByteReader;
import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Limits;
import java.util.ArrayList;
import java.util.List;

/// Encodes and decodes the block of range tombstones.
final class TombstoneBlock {
  private TombstoneBlock() {}

  static void write(Fragment fragment, ByteWriter out) {
    byte[] upper = fragment.range().upper();
    out.bytes(fragment.range().lower()).u8(upper == null ? 0 : 1);
    out.bytes(upper == null ? new byte[0] : upper);
    out.varint(fragment.versions().length);
    for (long version : fragment.versions()) {
      out.varint(version);
    }
  }

  /// Decodes a block.
  ///
  /// @throws IllegalArgumentException if it breaks the format
  static RangeTombstones read(byte[] block) {
    ByteReader in = new ByteReader(block);
    int count = in.u32();
    List<Fragment> fragments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      fragments.add(readFragment(in));
    }
    if (in.hasMore()) {
      throw new IllegalArgumentException("bytes are left behind the range tombstones");
    }
    return RangeTombstones.of(fragments);
  }

  private static Fragment readFragment(ByteReader in) {
    // A bound may be one byte longer than a key: it may be the successor of one.
    byte[] lower = in.bytes(Limits.KEY_BYTES_MAX + 1);
    boolean hasUpper = in.u8() == 1;
    byte[] upper = in.bytes(Limits.KEY_BYTES_MAX + 1);
    long[] versions = new long[(int) in.varintUpTo(Integer.MAX_VALUE >> 4)];
    for (int i = 0; i < versions.length; i++) {
      versions[i] = in.varintUpTo(Limits.VERSION_MAX);
    }
    return new Fragment(new KeyRange(lower, hasUpper ? upper : null), versions);
  }
}
