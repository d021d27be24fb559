package io.lightningdb.server.settings;

import io.lightningdb.engine.KeyspaceOptions;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// Defaults for settings by what a service is used for, `lightning.preset`; and the options of a keyspace by what it is
/// used for.
///
/// A preset holds no more than defaults: a setting that the operator makes, wherever, counts.
public enum Preset {
  /// A bit of everything: the defaults as they are documented.
  BALANCED(Map.of()),

  /// Many more reads than writes: runs are merged eagerly, and memtables leave memory to the cache.
  READ_HEAVY(
      Map.of(
          "memtable.bytes-max", "16MB",
          "keyspace-defaults.layout", "read-optimized")),

  /// Many more writes than reads: large memtables, log segments and runs, which are merged as little as possible.
  WRITE_HEAVY(
      Map.of(
          "log.segment-bytes", "128MB",
          "memtable.bytes-max", "64MB",
          "memtable.frozen-max", "6",
          "run.file-bytes-target", "128MB",
          "keyspace-defaults.layout", "write-optimized")),

  /// Works in a small heap and on a small disk.
  LOW_MEMORY(
      Map.of(
          "log.segment-bytes", "8MB",
          "memory.budget", "32MB",
          "memtable.bytes-max", "2MB",
          "memtable.frozen-max", "2",
          "run.file-bytes-target", "16MB",
          "keyspace-defaults.point-index", "none")),

  /// Keys that begin with the time, appended, read in ranges and often given a time to live: large leaves, no index for
  /// single keys, and what is old takes little space.
  TIME_SERIES(
      Map.of(
          "memtable.bytes-max", "64MB",
          "keyspace-defaults.layout", "time-ordered",
          "keyspace-defaults.bottom-compression", "zstd",
          "keyspace-defaults.point-index", "none",
          "keyspace-defaults.leaf-bytes", "16KB")),

  /// Nothing is acknowledged before it is on stable storage, what a client asks to be acknowledged earlier is there
  /// soon after, and little has to be read back after a crash.
  MAX_DURABILITY(
      Map.of(
          "log.segment-bytes", "16MB",
          "log.sync-interval", "5ms",
          "memtable.bytes-max", "8MB",
          "keyspace-defaults.durability", "synced"));

  private static final String PREFIX = "lightning.";

  // Unmodifiable, which the type does not say.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Map<String, String> settings;

  Preset(Map<String, String> settings) {
    this.settings =
        settings.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    setting -> PREFIX + setting.getKey(), Map.Entry::getValue));
  }

  /// The settings that have another default.
  ///
  /// @return full names with values as an operator would write them
  Map<String, String> settings() {
    return settings;
  }

  /// Changes options to those that a keyspace gets by default under this preset; what no preset speaks of stays as it
  /// is.
  ///
  /// @param options of a keyspace
  /// @return a changed copy
  public KeyspaceOptions applyTo(KeyspaceOptions options) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate(PREFIX + "keyspace-defaults", LightningProperties.KeyspaceDefaults.class)
        .applyTo(options);
  }
}
