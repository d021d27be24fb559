package io.lightningdb.server.security;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/// A caller as Spring Security knows it. Its authorities are the roles.
final class CallerAuthentication extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private final transient Caller caller;

  /// Wraps a caller that has proved who it is, or need not.
  ///
  /// @param caller who it is
  CallerAuthentication(Caller caller) {
    super(
        AuthorityUtils.createAuthorityList(
            caller.rights().roles().stream().map(role -> "ROLE_" + role.word()).toList()));
    this.caller = caller;
    setAuthenticated(true);
  }

  /// Who it is.
  ///
  /// @return the caller
  Caller caller() {
    return caller;
  }

  @Override
  public Object getPrincipal() {
    return caller;
  }

  @Override
  public String getName() {
    return caller.name();
  }

  /// Nothing: a token is looked at once and never kept.
  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
