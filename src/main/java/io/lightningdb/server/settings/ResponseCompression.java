package io.lightningdb.server.settings;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Answers that are compressed for clients that ask for it: `lightning.compression`.
///
/// @param enabled whether answers are compressed at all. Default `true`
/// @param thresholdBytes answers of more bytes than this are compressed, 0B to 1MB. Default `2KB`
/// @param activeMax most answers that are compressed at a time, each of which takes 300 KB of memory outside the heap,
///     1 to 1,000; those beyond go out as they are. Default `16`
public record ResponseCompression(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("2KB") DataSize thresholdBytes,
    @DefaultValue("16") int activeMax) {
  private static final String PREFIX = "lightning.compression.";
  private static final int ACTIVE_MAX = 1000;

  /// Checks the ranges.
  ///
  /// @throws InvalidSettingException naming the setting, its value and what is allowed
  public ResponseCompression {
    SettingRange.check(
        PREFIX + "threshold-bytes", thresholdBytes, DataSize.ofBytes(0), DataSize.ofMegabytes(1));
    SettingRange.check(PREFIX + "active-max", activeMax, 1, ACTIVE_MAX);
  }
}
