package io.lightningdb.server.security;

import java.util.Locale;

/// Why a request was refused. The words are labels of a metric and part of the audit log: they never change.
enum DenialReason {
  /// It came without a token.
  NO_CREDENTIALS,
  /// Its token is unknown, malformed, revoked or expired.
  INVALID_CREDENTIALS,
  /// The identity provider could not be asked.
  PROVIDER_UNAVAILABLE,
  /// Its caller has not the role that it takes.
  ROLE,
  /// Its caller has the role, but not for this keyspace, or not for all.
  KEYSPACE,
  /// There is no such call.
  PATH,
  /// A browser sent it for a page from elsewhere.
  CROSS_ORIGIN;

  /// The word for it.
  ///
  /// @return the name in kebab case
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
