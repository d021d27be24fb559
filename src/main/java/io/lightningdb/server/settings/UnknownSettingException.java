package io.lightningdb.server.settings;

/// A setting below `lightning.` has a name that is not known. The service does not start, since what the operator meant
/// would not happen.
public final class UnknownSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Names the setting and the known one that looks most like it.
  ///
  /// @param name the unknown name, as it was written
  /// @param source where it was found, such as a file name
  /// @param nearest full name of the nearest known setting
  UnknownSettingException(String name, String source, String nearest) {
    super(
        "There is no setting %s (found in %s). The nearest one is %s."
            .formatted(name, source, nearest));
  }
}
