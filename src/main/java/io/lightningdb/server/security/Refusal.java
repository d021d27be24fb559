package io.lightningdb.server.security;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.token.Role;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authorization.AuthorizationResult;

/// A request that is refused though its caller is known. Immutable.
///
/// @param reason why
/// @param problem what to answer
record Refusal(DenialReason reason, Problem problem) implements AuthorizationResult {
  // RFC 6750, section 3: what the client lacks, in a form that programs read.
  private static final String CHALLENGE =
      "Bearer realm=\"lightningdb\", error=\"insufficient_scope\"";

  @Override
  public boolean isGranted() {
    return false;
  }

  /// The caller has not the role.
  ///
  /// @param role that it takes, or null if any would do and the caller has none
  /// @return what to answer
  static Refusal ofRole(@Nullable Role role) {
    String detail =
        role == null
            ? "This call takes a role, and you have none."
            : "This call takes the role " + role.word() + ", and you do not have it.";
    return new Refusal(DenialReason.ROLE, denied(detail));
  }

  /// The role does not cover a keyspace. Does not tell whether there is such a keyspace.
  ///
  /// @param keyspace its name
  /// @return what to answer
  static Refusal ofKeyspace(String keyspace) {
    String detail = "Your roles do not cover the keyspace " + keyspace + ".";
    return new Refusal(DenialReason.KEYSPACE, denied(detail).with("keyspace", keyspace));
  }

  /// The role does not cover all keyspaces.
  ///
  /// @return what to answer
  static Refusal ofService() {
    String detail = "This call takes rights for all keyspaces (*), and yours are for some of them.";
    return new Refusal(DenialReason.KEYSPACE, denied(detail));
  }

  /// There is no such call.
  ///
  /// @param methods that the path has
  /// @return what to answer
  static Refusal ofPath(Set<String> methods) {
    if (methods.isEmpty()) {
      return new Refusal(
          DenialReason.PATH,
          Problem.of(ProblemType.PATH_NOT_FOUND, ProblemType.PATH_NOT_FOUND.meaning()));
    }
    Problem problem =
        Problem.of(ProblemType.METHOD_NOT_ALLOWED, ProblemType.METHOD_NOT_ALLOWED.meaning());
    return new Refusal(
        DenialReason.PATH, problem.withHeader(HttpHeaders.ALLOW, String.join(", ", methods)));
  }

  /// A browser sent it for a page from elsewhere.
  ///
  /// @param detail what tells so
  /// @return what to answer
  static Refusal ofOrigin(String detail) {
    return new Refusal(DenialReason.CROSS_ORIGIN, Problem.of(ProblemType.CROSS_ORIGIN, detail));
  }

  private static Problem denied(String detail) {
    return Problem.of(ProblemType.ACCESS_DENIED, detail)
        .withHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
  }
}
