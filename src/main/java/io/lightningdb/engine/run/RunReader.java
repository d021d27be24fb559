package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.Projection;
import io.lightningdb.engine.cursor.ReadMoment;
import io.lightningdb.engine.format.KeyHash;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.MappedFault;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Finds single keys in a run: by its point index, or in order if it has none. *Thread-safe.*
final class RunReader {
  private final RunBlocks blocks;

  // Out of the properties, for each point read asks for them.
  private final long buckets;
  private final int slotBits;

  RunReader(RunBlocks blocks) {
    this.blocks = blocks;
    RunProperties.PointIndexPlace index = blocks.properties().pointIndex();
    this.buckets = index.buckets();
    this.slotBits = index.slotBits();
  }

  /// What it reads.
  RunBlocks blocks() {
    return blocks;
  }

  /// Finds the newest entry of a key up to a version.
  ///
  /// @param covered version of the newest range deletion over the key, or 0
  /// @return null if there is none
  <T> @Nullable T find(
      byte[] key, long readVersion, long covered, ReadMoment moment, Projection<T> projection)
      throws IOException {
    if (blocks.properties().entries() == 0) {
      return null;
    }
    return buckets > 0
        ? findByHash(key, readVersion, covered, moment, projection)
        : findInOrder(key, readVersion, covered, moment, projection);
  }

  private <T> @Nullable T findByHash(
      byte[] key, long readVersion, long covered, ReadMoment moment, Projection<T> projection)
      throws IOException {
    long hash = KeyHash.of(key);
    long fingerprint = RunFormat.fingerprint(hash);
    long bucket = RunFormat.bucket(hash, buckets);
    long place = blocks.properties().pointIndex().position();
    try {
      try {
        for (long probes = 0; probes < buckets; probes++) {
          long base = blocks.bucketPlace(bucket);
          place = base;
          for (int cells = blocks.cellsWith(base, fingerprint); cells != 0; cells &= cells - 1) {
            int location = blocks.location(base, Integer.numberOfTrailingZeros(cells));
            int number = location >>> slotBits;
            int slot = location & ((1 << slotBits) - 1);
            place = -number - 1L;
            try {
              Leaf leaf = blocks.leafOfPointRead(number);
              EntryHeader newest = leaf.entry(slot);
              if (leaf.keyEquals(newest, key)) {
                if (newest.version() <= readVersion) {
                  return leaf.project(newest, covered, moment, projection);
                }
                LeafCursor at = new LeafCursor(blocks, ReadPurpose.SERVE, number, leaf, slot);
                return at.toNewestUpTo(key, readVersion)
                    ? at.project(covered, moment, projection)
                    : null;
              }
            } catch (IndexOutOfBoundsException e) {
              throw blocks.malformed(number, e);
            }
          }
          if (!blocks.isOverflowed(base)) {
            return null;
          }
          bucket = bucket + 1 == buckets ? 0 : bucket + 1;
        }
        return null;
      } finally {
        MappedFault.settle();
      }
    } catch (InternalError e) {
      throw place < 0 ? blocks.unreadable((int) (-place - 1), e) : blocks.unreadableAt(place, e);
    }
  }

  private <T> @Nullable T findInOrder(
      byte[] key, long readVersion, long covered, ReadMoment moment, Projection<T> projection)
      throws IOException {
    LeafCursor at = LeafCursor.atOrAfter(blocks, ReadPurpose.SERVE, key);
    return blocks.reading(
        at.number(),
        () ->
            at.isAtEntry() && at.keyEquals(key) && at.toNewestUpTo(key, readVersion)
                ? at.project(covered, moment, projection)
                : null);
  }
}
