package io.lightningdb.server.settings;

import java.nio.file.Path;

/// The database had credentials once, and none are configured now. The service does not start, for it would let
/// everybody in.
public final class SecuredDirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Names the directory.
  ///
  /// @param directory the data directory
  public SecuredDirectoryException(Path directory) {
    super(
        "The database in %s was secured by tokens or an identity provider, and no credentials are configured now: everybody on this machine could read and change all data."
            .formatted(directory));
  }
}
