package io.lightningdb.engine.cache;

import java.lang.management.ManagementFactory;

/// What objects take of the heap, for accounts that charge what is allocated and not what is encoded.
///
/// As HotSpot lays them out with references of four bytes, which it has in heaps of less than 32 GiB: a header of 12
/// bytes (16 of an array), then the fields, rounded up to 8 bytes. What a holder costs is a sum of these, written down
/// where the holder is; a test compares the sums with the heap. The collector G1 gives an array that is as large as
/// half of one of its regions whole regions, so such an array takes them.
public final class HeapBytes {
  /// A reference, in a field or an array.
  public static final int REFERENCE = 4;

  /// An entry of a `HashMap` or `HashSet`, and its part of the table, which is between three eighths and three quarters
  /// full.
  public static final int HASH_ENTRY = 32 + 2 * REFERENCE;

  /// As [#HASH_ENTRY], of a `LinkedHashMap` or `LinkedHashSet`.
  public static final int LINKED_HASH_ENTRY = 40 + 2 * REFERENCE;

  /// An entry of a `TreeMap`.
  public static final int TREE_ENTRY = 40;

  /// An entry of an `ArrayList`, which grows by half.
  public static final int LIST_ENTRY = REFERENCE * 5 / 4;

  /// A `Long` or an `AtomicLong`.
  public static final int LONG = 24;

  private static final int ARRAY_HEADER = 16;
  private static final int STRING = 24;
  private static final int ALIGNMENT = 8;
  private static final int REGIONS = 2048;
  private static final long REGION_MIN = 1L << 20;
  private static final long REGION_MAX = 32L << 20;
  private static final long REGION = region();

  private HeapBytes() {}

  /// Size of a region of G1 as it chooses it by itself, in bytes; 0 under another collector.
  private static long region() {
    boolean isG1 =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .anyMatch(collector -> collector.getName().startsWith("G1"));
    long share = Math.max(1, Runtime.getRuntime().maxMemory() / REGIONS);
    long powerOfTwo = Long.highestOneBit(2 * share - 1);
    return isG1 ? Math.clamp(powerOfTwo, REGION_MIN, REGION_MAX) : 0;
  }

  /// An array of bytes.
  ///
  /// @param length its length
  /// @return in bytes
  public static long ofArray(int length) {
    long bytes = (ARRAY_HEADER + (long) length + ALIGNMENT - 1) & -ALIGNMENT;
    return REGION > 0 && bytes >= REGION / 2 ? (bytes + REGION - 1) & -REGION : bytes;
  }

  /// A text, each of whose characters takes a byte.
  ///
  /// @param text any
  /// @return in bytes
  public static long of(String text) {
    return STRING + ofArray(text.length());
  }
}
