package io.lightningdb.server.settings;

/// The service would listen on a network and let everybody in. It does not start.
public final class OpenAddressException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Names the setting.
  ///
  /// @param name of the setting that has the address
  /// @param value of the setting, empty if it is not set
  public OpenAddressException(String name, String value) {
    super(
        "%s is %s, which others can reach, and no credentials are configured: everybody could read and change all data."
            .formatted(name, value.isEmpty() ? "not set: all addresses" : value));
  }
}
