package io.lightningdb.server.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.springframework.util.unit.DataSize;

/// Refuses settings outside their range, in the units that settings are written in.
final class SettingRange {
  private SettingRange() {}

  /// Checks a count.
  ///
  /// @param name full name of the setting
  /// @param value what was set
  /// @param min least value allowed
  /// @param max greatest value allowed
  /// @throws InvalidSettingException if the value is outside
  static void check(String name, int value, int min, int max) {
    check(name, value, min, max, String::valueOf);
  }

  /// Checks a size.
  ///
  /// @param name full name of the setting
  /// @param value what was set
  /// @param min least value allowed
  /// @param max greatest value allowed
  /// @throws InvalidSettingException if the value is outside
  static void check(String name, DataSize value, DataSize min, DataSize max) {
    check(name, value, min, max, SettingRange::text);
  }

  /// Checks a duration.
  ///
  /// @param name full name of the setting
  /// @param value what was set
  /// @param min least value allowed
  /// @param max greatest value allowed
  /// @throws InvalidSettingException if the value is outside
  static void check(String name, Duration value, Duration min, Duration max) {
    check(name, value, min, max, SettingRange::text);
  }

  private static <T extends Comparable<T>> void check(
      String name, T value, T min, T max, Function<T, String> text) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new InvalidSettingException(
          name, text.apply(value), text.apply(min) + " to " + text.apply(max));
    }
  }

  private static String text(DataSize size) {
    long bytes = size.toBytes();
    if (bytes == 0 || bytes % 1024 != 0) {
      return bytes + "B";
    }
    if (bytes % (1 << 20) != 0) {
      return size.toKilobytes() + "KB";
    }
    return bytes % (1 << 30) == 0 ? size.toGigabytes() + "GB" : size.toMegabytes() + "MB";
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
