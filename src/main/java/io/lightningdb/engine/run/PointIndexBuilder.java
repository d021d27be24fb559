package io.lightningdb.engine.run;

import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.RunFormat;
import java.util.Arrays;

/// Collects where keys are and lays out the hash table. *Confined to one thread.*
final class PointIndexBuilder {
  /// Cells in use for each cell there is: fuller tables are smaller, emptier ones overflow less.
  private static final double LOAD = 0.8;

  private long[] hashes = new long[1024];
  private int[] leaves = new int[1024];
  private int[] slots = new int[1024];
  private int count;
  private int slotMost;

  void add(long hash, int leaf, int slot) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * count);
      leaves = Arrays.copyOf(leaves, 2 * count);
      slots = Arrays.copyOf(slots, 2 * count);
    }
    hashes[count] = hash;
    leaves[count] = leaf;
    slots[count] = slot;
    slotMost = Math.max(slotMost, slot);
    count++;
  }

  /// Memory held, with what laying out the table will take.
  long memoryBytes() {
    long cells = (long) hashes.length * (Long.BYTES + 2 * Integer.BYTES);
    return cells + buckets() * (RunFormat.BUCKET_BYTES + 1);
  }

  int slotBits() {
    return RunFormat.bitsFor(slotMost + 1);
  }

  /// Tells whether all locations can be expressed.
  boolean fits(int leafCount) {
    return count > 0 && slotBits() + RunFormat.bitsFor(leafCount) <= RunFormat.LOCATION_BITS;
  }

  long buckets() {
    return (long) Math.ceil(count / (RunFormat.BUCKET_CELLS * LOAD)) + 1;
  }

  /// Lays out the table.
  ///
  /// @return all buckets
  byte[] build() {
    long buckets = buckets();
    byte[] table = new byte[Math.toIntExact(buckets * RunFormat.BUCKET_BYTES)];
    byte[] used = new byte[(int) buckets];
    int slotBits = slotBits();
    for (int i = 0; i < count; i++) {
      int bucket = (int) RunFormat.bucket(hashes[i], buckets);
      while (used[bucket] == RunFormat.BUCKET_CELLS) {
        table[bucket * RunFormat.BUCKET_BYTES + RunFormat.BUCKET_OVERFLOW] = 1;
        bucket = bucket + 1 == buckets ? 0 : bucket + 1;
      }
      put(table, bucket, used[bucket]++, i, slotBits);
    }
    return table;
  }

  private void put(byte[] table, int bucket, int cell, int key, int slotBits) {
    int base = bucket * RunFormat.BUCKET_BYTES;
    LittleEndian.putU16(table, base + 2 * cell, RunFormat.fingerprint(hashes[key]));
    int location = (leaves[key] << slotBits) | slots[key];
    int at = base + RunFormat.BUCKET_LOCATIONS + 3 * cell;
    table[at] = (byte) location;
    table[at + 1] = (byte) (location >>> 8);
    table[at + 2] = (byte) (location >>> 16);
  }
}
