package io.lightningdb.server.settings;

/// A setting has a value that is not allowed. The service does not start.
public final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Names the setting.
  ///
  /// @param name full name of the setting
  /// @param value what was set
  /// @param allowed what may be set, as a phrase
  InvalidSettingException(String name, String value, String allowed) {
    super("The setting %s is \"%s\"; allowed is %s.".formatted(name, value, allowed));
  }
}
