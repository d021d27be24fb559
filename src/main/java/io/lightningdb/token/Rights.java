package io.lightningdb.token;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a caller may do, and to which keyspaces. Immutable.
///
/// @param roles kinds of work, in the order of their declaration
/// @param keyspaces to which keyspaces
public record Rights(Set<Role> roles, List<KeyspacePattern> keyspaces) {
  /// May do everything.
  public static final Rights ALL = of(Set.of(Role.ADMIN), List.of(KeyspacePattern.ALL));

  /// Keeps copies that cannot be changed.
  public Rights {
    EnumSet<Role> ordered = EnumSet.noneOf(Role.class);
    ordered.addAll(roles);
    roles = Collections.unmodifiableSet(ordered);
    keyspaces = List.copyOf(keyspaces);
  }

  /// Rights of these roles.
  ///
  /// @param roles kinds of work
  /// @param keyspaces to which keyspaces
  /// @return the rights
  public static Rights of(Collection<Role> roles, List<KeyspacePattern> keyspaces) {
    return new Rights(Set.copyOf(roles), keyspaces);
  }

  /// Tells whether a kind of work is allowed at all.
  ///
  /// @param role the work
  /// @return true if one of the roles includes it
  public boolean include(Role role) {
    for (Role own : roles) {
      if (own.includes(role)) {
        return true;
      }
    }
    return false;
  }

  /// Tells whether a keyspace is covered.
  ///
  /// @param keyspace any name
  /// @return true if one of the patterns names it
  public boolean cover(String keyspace) {
    for (KeyspacePattern pattern : keyspaces) {
      if (pattern.covers(keyspace)) {
        return true;
      }
    }
    return false;
  }

  /// Tells whether all keyspaces are covered, as it takes to work on the service as a whole.
  ///
  /// @return true if `*` is one of the patterns
  public boolean coverAll() {
    return keyspaces.contains(KeyspacePattern.ALL);
  }
}
