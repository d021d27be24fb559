package io.lightningdb.server.security;

import org.springframework.security.core.AuthenticationException;

/// The keys of the identity provider could not be had, so nobody knows whether a JWT is valid.
final class ProviderUnavailableException extends AuthenticationException {
  private static final long serialVersionUID = 1L;

  /// Keeps the cause for the log.
  ///
  /// @param cause what the provider answered, or did not
  ProviderUnavailableException(Throwable cause) {
    super("the identity provider cannot be asked", cause);
  }
}
