package io.lightningdb.engine.testkit;

import io.lightningdb.engine.BottomCompression;
import io.lightningdb.engine.Compression;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Layout;
import io.lightningdb.engine.MemoryLimits;
import io.lightningdb.engine.PointIndex;
import java.time.Duration;
import java.util.List;

/// A set of options under which a history must give the same answers as under any other.
///
/// @param name for messages
/// @param database options of the database
/// @param keyspaces options that a history's keyspaces are created with and changed to
public record Variant(String name, DatabaseOptions database, List<KeyspaceOptions> keyspaces) {
  private static final int KIB = 1024;

  /// The smallest sizes that are allowed, so that a short history meets every kind of file change.
  public static final DatabaseOptions TINY =
      DatabaseOptions.defaults()
          .withLog(64 * KIB, Duration.ofMillis(100))
          .withMemtables(64 * KIB, 16)
          .withRunBytesTarget(8 * KIB);

  /// Few files: nothing is flushed unless a history asks for it.
  private static final DatabaseOptions ROOMY =
      DatabaseOptions.defaults()
          .withLog(4096 * KIB, Duration.ofMillis(100))
          .withMemtables(4096 * KIB, 16);

  /// Options that differ in everything a file can differ in.
  ///
  /// @return the variants
  public static List<Variant> all() {
    KeyspaceOptions defaults = KeyspaceOptions.defaults();
    KeyspaceOptions plain = defaults.withCompression(Compression.NONE);
    KeyspaceOptions ordered = defaults.withPointIndex(PointIndex.NONE);
    KeyspaceOptions leveled = defaults.withLayout(Layout.READ_OPTIMIZED);
    KeyspaceOptions tiered = defaults.withLayout(Layout.WRITE_OPTIMIZED);
    KeyspaceOptions packed =
        defaults
            .withCompression(Compression.NONE)
            .withBottomCompression(BottomCompression.ZSTD)
            .withLeafBytes(512);
    return List.of(
        new Variant("defaults, roomy", ROOMY, List.of(defaults)),
        new Variant("defaults, tiny", TINY, List.of(defaults)),
        new Variant(
            "read-optimized, plain", TINY, List.of(leveled.withCompression(Compression.NONE))),
        new Variant(
            "write-optimized, no point index",
            TINY,
            List.of(tiered.withPointIndex(PointIndex.NONE))),
        new Variant("leaves of 512 bytes", TINY, List.of(defaults.withLeafBytes(512))),
        new Variant(
            "plain leaves of 512 bytes, no point index",
            TINY.withRunBytesTarget(1024 * KIB),
            List.of(plain.withLeafBytes(512).withPointIndex(PointIndex.NONE))),
        new Variant(
            "leaves of 64 KiB, read-optimized", TINY, List.of(leveled.withLeafBytes(64 * KIB))),
        new Variant(
            "zstd, more of it at the bottom",
            TINY,
            List.of(
                defaults
                    .withCompression(Compression.ZSTD)
                    .withBottomCompression(BottomCompression.ZSTD_HIGH))),
        new Variant(
            "no cache, leaves of 512 bytes", withCache(0), List.of(defaults.withLeafBytes(512))),
        new Variant(
            "a cache of a few leaves", withCache(16 * KIB), List.of(defaults.withLeafBytes(512))),
        changing(List.of(plain, leveled, tiered.withLeafBytes(512), ordered, packed)));
  }

  private static DatabaseOptions withCache(long bytes) {
    return TINY.withMemory(MemoryLimits.defaults().withCacheBytesMax(bytes));
  }

  /// Keyspaces that change their options as the history goes.
  ///
  /// @return the variant
  public static Variant changing() {
    return all().getLast();
  }

  private static Variant changing(List<KeyspaceOptions> keyspaces) {
    return new Variant("options that change", TINY, keyspaces);
  }

  KeyspaceOptions choice(int index) {
    return keyspaces.get(index % keyspaces.size());
  }

  @Override
  public String toString() {
    return name;
  }
}
