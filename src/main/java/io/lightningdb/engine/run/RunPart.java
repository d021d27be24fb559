package io.lightningdb.engine.run;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import java.io.IOException;

/// A part of a run that one checksum covers, and the keys for which it is needed. Immutable.
///
/// @param kind what it is
/// @param bytes its length, 0 if that is not known
/// @param keys keys whose entries it holds or leads to
/// @param nearby `keys`, and those of the leaf before it: who walks the keys before `keys` to their end meets the part
public record RunPart(Kind kind, long bytes, KeyRange keys, KeyRange nearby) {
  /// The whole file.
  public static final RunPart WHOLE = new RunPart(Kind.WHOLE, 0, KeyRange.ALL, KeyRange.ALL);

  /// What a part is.
  public enum Kind {
    /// Entries.
    LEAF,
    /// A part of the ordered index.
    INDEX,
    /// A page of the point index, which leads to keys from everywhere; walks and merges do without it.
    POINT_INDEX,
    /// What all else is found by, or what counts for all keys.
    WHOLE
  }

  /// Finds the part at a place.
  static RunPart at(RunBlocks run, long offset) {
    for (int number = 0; number < run.properties().blocks(); number++) {
      if (run.blockPosition(number) == offset) {
        return block(run, number);
      }
    }
    PointIndexPlace index = run.properties().pointIndex();
    boolean inIndex = offset >= index.position() && offset < index.position() + index.bytes();
    return inIndex
        ? new RunPart(
            Kind.POINT_INDEX, RunFormat.POINT_INDEX_PAGE_BYTES, KeyRange.ALL, KeyRange.ALL)
        : WHOLE;
  }

  private static RunPart block(RunBlocks run, int number) {
    long bytes = (long) run.blockStoredLength(number) + RunFormat.TRAILER_BYTES;
    KeyRange keys = keys(run, number);
    return switch (run.blockKind(number)) {
      case RunFormat.LEAF -> {
        KeyRange before = number == 0 ? keys : keys(run, number - 1);
        yield new RunPart(Kind.LEAF, bytes, keys, keys.hull(before));
      }
      case RunFormat.INDEX -> new RunPart(Kind.INDEX, bytes, keys, before(run, keys, number));
      default -> new RunPart(Kind.WHOLE, bytes, KeyRange.ALL, KeyRange.ALL);
    };
  }

  /// A search for the end of a walk before the keys of an index block leads to the leaf before its first one at most.
  private static KeyRange before(RunBlocks run, KeyRange keys, int number) {
    int previous = number - 1;
    return previous < run.properties().leaves() ? keys : keys.hull(keys(run, previous));
  }

  /// The keys that the ordered index leads to a block for.
  private static KeyRange keys(RunBlocks run, int number) {
    int first = run.properties().leaves();
    for (int parent = number + 1; parent < first + run.properties().indexBlocks(); parent++) {
      if (parent < first) {
        continue;
      }
      try {
        IndexBlock block = run.indexBlock(parent);
        int child = number - block.firstChild();
        if (child >= 0 && child < block.count()) {
          KeyRange all = keys(run, parent);
          byte[] upper = child + 1 < block.count() ? block.separator(child + 1) : all.upper();
          return new KeyRange(block.separator(child), upper);
        }
      } catch (IOException | IndexOutOfBoundsException _) {
        return KeyRange.ALL;
      }
    }
    return KeyRange.ALL;
  }
}
