package io.lightningdb.server.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/// Keeps what is secret out of what is told of settings: all of a setting whose name says so, and of any other what stands in a URL where
/// secrets do.
final class SettingSecrets {
  /// What is told in the place of a secret.
  static final String MASK = "***";

  /// Names of settings that are secret as a whole, by any of their words.
  private static final Pattern SECRET =
      Pattern.compile(
          "(^|[.-])(secret|secrets|password|passphrase|pass|hash|credential|credentials|private-key|access-key|access-key-id|api-key)([.-]|$)");

  /// Everything between the slashes and the last @ of what may be the name of a host. A password may have an @ itself.
  private static final Pattern USER = Pattern.compile("(://)[^/?#\\s\"',]*@");

  private static final Pattern QUERY = Pattern.compile("(://[^?#\\s]*)[?#][^\\s\"',]*");

  private SettingSecrets() {}

  /// Tells whether all of a setting is secret.
  ///
  /// @param name its full name in kebab case
  /// @return true if one of its words says so
  static boolean isSecret(String name) {
    return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
  }

  /// What may be told of a value.
  ///
  /// @param name full name of the setting in kebab case
  /// @param value as it is in force
  /// @return the value with everything masked that is or may be secret
  static String mask(String name, String value) {
    if (isSecret(name)) {
      return value.isEmpty() ? "" : MASK;
    }
    String withoutUser = USER.matcher(value).replaceAll("$1" + MASK + "@");
    return QUERY.matcher(withoutUser).replaceAll("$1?" + MASK);
  }
}
