package io.lightningdb.server.security;

import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/// What one call takes. Immutable.
///
/// @param method of the request; `GET` stands for `HEAD` too
/// @param path as Spring's mappings write it
/// @param role what the caller must be, or null if any role will do
/// @param scope what the role must cover
record AccessRule(String method, PathPattern path, @Nullable Role role, Scope scope) {

  /// What a role must cover.
  enum Scope {
    /// Nothing: everybody may, known or not.
    PUBLIC,
    /// What the caller sees anyway: the call itself looks at what its body names, or shows no more than the caller may see.
    OWN,
    /// The keyspace that the path names.
    KEYSPACE,
    /// All keyspaces: the call shows or changes the service as a whole.
    SERVICE
  }

  /// Tells whether the rule is for a path.
  ///
  /// @param requested path within the application
  /// @return true if it is
  boolean isFor(PathContainer requested) {
    return path.matches(requested);
  }

  /// Name of the keyspace in a path, as a controller gets it.
  ///
  /// @param requested path that the rule is for
  /// @return the name, empty if the path names none
  String keyspace(PathContainer requested) {
    return variable(requested, "keyspace");
  }

  /// A variable of the path.
  ///
  /// @param requested path that the rule is for
  /// @param name of the variable
  /// @return what stands for it, empty if there is none
  String variable(PathContainer requested, String name) {
    PathPattern.PathMatchInfo match = path.matchAndExtract(requested);
    return match == null ? "" : match.getUriVariables().getOrDefault(name, "");
  }

  /// Tells whether rights include the role.
  ///
  /// @param rights of the caller
  /// @return true if they do
  boolean hasRole(Rights rights) {
    return role == null ? !rights.roles().isEmpty() : rights.include(role);
  }

  /// Tells whether rights cover what the role is for.
  ///
  /// @param rights of the caller
  /// @param requested path that the rule is for
  /// @return true if they do
  boolean isCovered(Rights rights, PathContainer requested) {
    return switch (scope) {
      case PUBLIC, OWN -> true;
      case KEYSPACE -> rights.coverAll() || rights.cover(keyspace(requested));
      case SERVICE -> rights.coverAll();
    };
  }

  /// Tells whether the call looks after the service and is worth a line in the audit log.
  ///
  /// @return true for all that operators and administrators change
  boolean isAdministrative() {
    return !method.equals("GET") && (role == Role.OPERATOR || role == Role.ADMIN);
  }

  @Override
  public String toString() {
    return method + " " + path.getPatternString();
  }
}
