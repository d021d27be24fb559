package io.lightningdb.server.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.web.util.ServletRequestPathUtils;

/// Holds each request to [AccessRules].
final class RequestAccess implements AuthorizationManager<RequestAuthorizationContext> {
  private static final AuthorizationResult GRANTED = new AuthorizationDecision(true);
  private static final String RULE = RequestAccess.class.getName() + ".rule";

  private final AccessRules rules;

  /// Uses a table.
  ///
  /// @param rules what each call takes
  RequestAccess(AccessRules rules) {
    this.rules = rules;
  }

  /// The rule of a request.
  ///
  /// @param request any request
  /// @return the rule, or nothing if there is no such call
  Optional<AccessRule> rule(HttpServletRequest request) {
    if (request.getAttribute(RULE) instanceof AccessRule known) {
      return Optional.of(known);
    }
    PathContainer path = path(request);
    Optional<AccessRule> found =
        path == null ? Optional.empty() : rules.find(request.getMethod(), path);
    found.ifPresent(rule -> request.setAttribute(RULE, rule));
    return found;
  }

  /// The path as Spring's mappings see it, or null if they would refuse it.
  static @Nullable PathContainer path(HttpServletRequest request) {
    try {
      return (ServletRequestPathUtils.hasParsedRequestPath(request)
              ? ServletRequestPathUtils.getParsedRequestPath(request)
              : ServletRequestPathUtils.parseAndCache(request))
          .pathWithinApplication();
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  @Override
  public AuthorizationResult authorize(
      Supplier<? extends @Nullable Authentication> authentication,
      RequestAuthorizationContext context) {
    HttpServletRequest request = context.getRequest();
    Optional<AccessRule> found = rule(request);
    if (found.isPresent() && found.get().scope() == AccessRule.Scope.PUBLIC) {
      return GRANTED;
    }
    // Throws if the request came without a token: who is not known is not told which paths there
    // are.
    if (!(authentication.get() instanceof CallerAuthentication caller)) {
      throw new IllegalStateException("a request was authenticated as something else");
    }
    PathContainer path = path(request);
    if (found.isEmpty() || path == null) {
      return Refusal.ofPath(path == null ? Set.of() : rules.methods(path));
    }
    return decide(found.get(), caller.caller(), path);
  }

  private static AuthorizationResult decide(AccessRule rule, Caller caller, PathContainer path) {
    if (!rule.hasRole(caller.rights())) {
      return Refusal.ofRole(rule.role());
    }
    if (rule.isCovered(caller.rights(), path)) {
      return GRANTED;
    }
    return rule.scope() == AccessRule.Scope.SERVICE
        ? Refusal.ofService()
        : Refusal.ofKeyspace(rule.keyspace(path));
  }
}
