package io.lightningdb.engine;

import io.lightningdb.engine.format.Limits;
import java.time.Duration;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// How one keyspace stores its entries. Immutable.
///
/// All of it can be changed while the keyspace is in use; runs written earlier keep their form until they are merged.
///
/// @param layout how eagerly runs are merged
/// @param compression how leaves are stored
/// @param bottomCompression how leaves are stored where nothing older lies below
/// @param durability what writes promise when they say nothing themselves
/// @param pointIndex whether runs carry a hash index
/// @param leafBytes target size of a leaf before compression, in bytes, 512 to 1 MiB; an entry larger than that has a
///     leaf of its own
/// @param history which past versions stay readable
/// @param defaultTtl time to live of entries whose write says nothing of it, 1 ms to 100 years; zero for no end.
///     Entries written before keep theirs when it changes
public record KeyspaceOptions(
    Layout layout,
    Compression compression,
    BottomCompression bottomCompression,
    Durability durability,
    PointIndex pointIndex,
    int leafBytes,
    History history,
    Duration defaultTtl) {

  private static final KeyspaceOptions DEFAULTS =
      new KeyspaceOptions(
          Layout.BALANCED,
          Compression.LZ4,
          BottomCompression.SAME,
          Durability.SYNCED,
          PointIndex.HASH,
          4096,
          History.NONE,
          Duration.ZERO);

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if `leafBytes` is out of range
  /// @throws EngineException.LimitExceeded if `defaultTtl` is out of range
  public KeyspaceOptions {
    if (leafBytes < Limits.LEAF_BYTES_TARGET_MIN || leafBytes > Limits.LEAF_BYTES_TARGET_MAX) {
      throw new IllegalArgumentException(
          "leafBytes=%d is outside %d..%d"
              .formatted(leafBytes, Limits.LEAF_BYTES_TARGET_MIN, Limits.LEAF_BYTES_TARGET_MAX));
    }
    defaultTtl = defaultTtl.isZero() ? defaultTtl : Expiry.checked(defaultTtl);
  }

  /// Balanced layout, LZ4, `SYNCED`, hash index, leaves of 4 KiB, nothing expires.
  ///
  /// @return the defaults
  public static KeyspaceOptions defaults() {
    return DEFAULTS;
  }

  /// These options with another layout.
  ///
  /// @param value the layout
  /// @return a changed copy
  public KeyspaceOptions withLayout(Layout value) {
    return new KeyspaceOptions(
        value,
        compression,
        bottomCompression,
        durability,
        pointIndex,
        leafBytes,
        history,
        defaultTtl);
  }

  /// These options with another compression.
  ///
  /// @param value the compression
  /// @return a changed copy
  public KeyspaceOptions withCompression(Compression value) {
    return new KeyspaceOptions(
        layout, value, bottomCompression, durability, pointIndex, leafBytes, history, defaultTtl);
  }

  /// These options with another compression of what lies lowest.
  ///
  /// @param value the compression
  /// @return a changed copy
  public KeyspaceOptions withBottomCompression(BottomCompression value) {
    return new KeyspaceOptions(
        layout, compression, value, durability, pointIndex, leafBytes, history, defaultTtl);
  }

  /// These options with another default durability.
  ///
  /// @param value the durability
  /// @return a changed copy
  public KeyspaceOptions withDurability(Durability value) {
    return new KeyspaceOptions(
        layout, compression, bottomCompression, value, pointIndex, leafBytes, history, defaultTtl);
  }

  /// These options with or without a point index.
  ///
  /// @param value the kind of point index
  /// @return a changed copy
  public KeyspaceOptions withPointIndex(PointIndex value) {
    return new KeyspaceOptions(
        layout, compression, bottomCompression, durability, value, leafBytes, history, defaultTtl);
  }

  /// These options with another leaf size.
  ///
  /// @param value target size of a leaf before compression, in bytes
  /// @return a changed copy
  public KeyspaceOptions withLeafBytes(int value) {
    return new KeyspaceOptions(
        layout, compression, bottomCompression, durability, pointIndex, value, history, defaultTtl);
  }

  /// These options with another history.
  ///
  /// @param value which past versions stay readable
  /// @return a changed copy
  public KeyspaceOptions withHistory(History value) {
    return new KeyspaceOptions(
        layout,
        compression,
        bottomCompression,
        durability,
        pointIndex,
        leafBytes,
        value,
        defaultTtl);
  }

  /// These options with another time to live.
  ///
  /// @param value time to live of entries whose write says nothing of it, zero for no end
  /// @return a changed copy
  public KeyspaceOptions withDefaultTtl(Duration value) {
    return new KeyspaceOptions(
        layout, compression, bottomCompression, durability, pointIndex, leafBytes, history, value);
  }

  /// The form in which the manifest keeps options: names and values, so that a file says what it means.
  SortedMap<String, String> toProperties() {
    SortedMap<String, String> properties = new TreeMap<>();
    properties.put("layout", text(layout));
    properties.put("compression", text(compression));
    properties.put("durability", text(durability));
    properties.put("point-index", text(pointIndex));
    properties.put("leaf-bytes", Integer.toString(leafBytes));
    properties.put("history-age", history.age().toString());
    properties.put("history-versions", Integer.toString(history.versions()));
    if (!defaultTtl.isZero()) {
      properties.put("default-ttl", defaultTtl.toString());
    }
    if (bottomCompression != BottomCompression.SAME) {
      properties.put("bottom-compression", text(bottomCompression));
    }
    return properties;
  }

  /// Reads what [#toProperties] wrote.
  ///
  /// @throws IllegalArgumentException if a name or value is not known: it was written by a newer engine
  static KeyspaceOptions fromProperties(SortedMap<String, String> properties) {
    KeyspaceOptions options = DEFAULTS;
    for (var property : properties.entrySet()) {
      String value = property.getValue();
      options =
          switch (property.getKey()) {
            case "layout" -> options.withLayout(parse(Layout.class, value));
            case "compression" -> options.withCompression(parse(Compression.class, value));
            case "bottom-compression" ->
                options.withBottomCompression(parse(BottomCompression.class, value));
            case "durability" -> options.withDurability(parse(Durability.class, value));
            case "point-index" -> options.withPointIndex(parse(PointIndex.class, value));
            case "leaf-bytes" -> options.withLeafBytes(Integer.parseInt(value));
            case "history-age" ->
                options.withHistory(new History(Duration.parse(value), options.history.versions()));
            case "history-versions" ->
                options.withHistory(new History(options.history.age(), Integer.parseInt(value)));
            case "default-ttl" -> options.withDefaultTtl(Duration.parse(value));
            default -> {
              if (!isOptional(property.getKey())) {
                throw new IllegalArgumentException("unknown keyspace option " + property.getKey());
              }
              yield options;
            }
          };
    }
    return options;
  }

  /// Tells whether an option that is not known may be passed on unread.
  ///
  /// @param name of the option
  /// @return false if acting without it could be wrong
  static boolean isOptional(String name) {
    return name.startsWith("may-");
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> E parse(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
