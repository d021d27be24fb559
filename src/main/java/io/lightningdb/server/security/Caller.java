package io.lightningdb.server.security;

import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContextHolder;

/// Who sent a request. Immutable.
///
/// @param id tells callers apart, and no two of them have the same; empty where nobody is asked who he is
/// @param name what people call it, for lists and the audit log
/// @param rights what it may do
/// @param expiresAt from when on its token is void, or null for never
public record Caller(String id, String name, Rights rights, @Nullable Instant expiresAt) {
  /// Everybody, where no credentials are configured.
  public static final Caller LOCAL = new Caller("", "anonymous", Rights.ALL, null);

  /// The caller of the request that this thread works on.
  ///
  /// @return the caller
  /// @throws IllegalStateException if this thread works on none, or nobody was asked
  public static Caller current() {
    if (SecurityContextHolder.getContext().getAuthentication()
        instanceof CallerAuthentication authentication) {
      return authentication.caller();
    }
    throw new IllegalStateException("nobody knows who sent this request");
  }

  /// Tells whether the service asks its callers who they are.
  ///
  /// @return false where everybody is [#LOCAL]
  public boolean isKnown() {
    return !id.isEmpty();
  }

  /// Tells whether this caller may see that a keyspace exists.
  ///
  /// @param keyspace its name
  /// @return true if its rights cover it
  public boolean sees(String keyspace) {
    return rights.cover(keyspace);
  }

  /// Tells whether this caller may work on a keyspace.
  ///
  /// @param role what it wants to do
  /// @param keyspace where
  /// @return true if its rights include both
  public boolean may(Role role, String keyspace) {
    return rights.include(role) && rights.cover(keyspace);
  }
}
