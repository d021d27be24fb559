package io.lightningdb.server.settings;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The names of all settings, read off [LightningProperties].
final class SettingNames {

  /// Full names in kebab case, such as `lightning.limits.value-bytes-max`.
  static final List<String> ALL = below("lightning", LightningProperties.class).toList();

  private SettingNames() {}

  private static Stream<String> below(String prefix, Class<?> type) {
    return Stream.of(type.getRecordComponents()).flatMap(component -> below(prefix, component));
  }

  private static Stream<String> below(String prefix, RecordComponent component) {
    String name = prefix + "." + kebabCase(component.getName());
    return component.getType().isRecord() ? below(name, component.getType()) : Stream.of(name);
  }

  /// The way a name is written in settings.
  ///
  /// @param camelCase as in code
  /// @return in kebab case; dots stay
  static String kebabCase(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /// Tells whether settings have this name as a part, so that it may stand empty in a file.
  ///
  /// @param name a full name in kebab case
  /// @return true for `lightning`, `lightning.limits` and the like
  static boolean isSection(String name) {
    return ALL.stream().anyMatch(known -> known.startsWith(name + "."));
  }
}
