package io.lightningdb.engine.run;

import io.lightningdb.engine.format.ByteWriter;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.Limits;
import java.util.ArrayList;
import java.util.List;

/// Encodes one level of a run's ordered index into blocks. *Confined to one thread.*
final class IndexBuilder {
  private static final int CHILDREN_PER_BLOCK = 256;
  private static final int SUFFIX_BYTES_PER_BLOCK = 64 << 10;

  private IndexBuilder() {}

  /// Children `from` to `to` of a level go into one block.
  record Group(int from, int to) {}

  /// Divides a level into blocks.
  static List<Group> groups(List<byte[]> separators) {
    List<Group> groups = new ArrayList<>();
    int from = 0;
    int bytes = 0;
    for (int i = 0; i < separators.size(); i++) {
      boolean full = i - from >= CHILDREN_PER_BLOCK || bytes > SUFFIX_BYTES_PER_BLOCK;
      // At least two children, so that every level has fewer blocks than the one below.
      if (full && i - from >= 2) {
        groups.add(new Group(from, i));
        from = i;
        bytes = 0;
      }
      bytes += separators.get(i).length;
    }
    groups.add(new Group(from, separators.size()));
    return groups;
  }

  static void encode(List<byte[]> separators, int firstChild, ByteWriter out) {
    assert separators.size() <= Limits.INDEX_CHILDREN_MAX;
    int prefixLength = prefixLength(separators);
    int leftmost = separators.getFirst().length == 0 ? 1 : 0;
    out.u32(separators.size()).u32(firstChild).u16(prefixLength).u16(leftmost).u32(0);
    for (byte[] separator : separators) {
      out.u64(Keys.head(separator, prefixLength));
    }
    int end = 0;
    for (byte[] separator : separators) {
      end += Math.max(0, separator.length - prefixLength);
      out.u32(end);
    }
    byte[] last = separators.getLast();
    out.raw(last, 0, prefixLength);
    for (byte[] separator : separators) {
      int length = Math.max(0, separator.length - prefixLength);
      out.raw(separator, separator.length - length, length);
    }
  }

  /// Length of what all separators but an empty first one share.
  private static int prefixLength(List<byte[]> separators) {
    byte[] last = separators.getLast();
    int first = separators.getFirst().length == 0 ? 1 : 0;
    return first >= separators.size() ? 0 : Keys.commonPrefix(separators.get(first), last);
  }
}
