package io.lightningdb.server.security;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.trace.BoundedLog;
import io.lightningdb.token.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;

/// Answers requests that are refused, counts them, and has them written down. *Thread-safe.*
@Component
public final class Denials implements AuthenticationEntryPoint, AccessDeniedHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Denials.class);
  private static final BoundedLog UNCHECKED = new BoundedLog("JWTs");
  private static final String CHALLENGE = "Bearer realm=\"lightningdb\"";

  private final ProblemWriter writer;
  private final AuditLog audit;
  private final Map<DenialReason, Counter> counters = new EnumMap<>(DenialReason.class);

  /// Called by Spring.
  ///
  /// @param writer writes the answers
  /// @param audit writes down who was refused
  /// @param meters counts them
  Denials(ProblemWriter writer, AuditLog audit, MeterRegistry meters) {
    this.writer = writer;
    this.audit = audit;
    for (DenialReason reason : DenialReason.values()) {
      counters.put(reason, Metric.DENIED_REQUESTS.counter(meters, reason.word()));
    }
  }

  /// Answers a request whose caller is not known.
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
      throws IOException {
    switch (failure) {
      case ProviderUnavailableException _ -> {
        UNCHECKED.add("A JWT could not be checked: " + failure.getCause(), LOG::warn);
        Problem problem =
            ProblemTranslation.retryLater(
                ProblemType.IDENTITY_PROVIDER_UNAVAILABLE,
                ProblemType.IDENTITY_PROVIDER_UNAVAILABLE.meaning(),
                Duration.ofSeconds(5));
        answer(request, response, new Refusal(DenialReason.PROVIDER_UNAVAILABLE, problem));
      }
      case InvalidBearerTokenException _ ->
          answer(request, response, invalid(String.valueOf(failure.getMessage())));
      default ->
          answer(
              request,
              response,
              request.getHeader(HttpHeaders.AUTHORIZATION) == null
                  ? absent()
                  : invalid("The header Authorization must be: Bearer, a space, and a token."));
    }
  }

  private static Refusal absent() {
    String detail = "Send a token: Authorization: Bearer <token>.";
    return new Refusal(DenialReason.NO_CREDENTIALS, unauthenticated(detail, CHALLENGE));
  }

  private static Refusal invalid(String detail) {
    String challenge = CHALLENGE + ", error=\"invalid_token\"";
    return new Refusal(DenialReason.INVALID_CREDENTIALS, unauthenticated(detail, challenge));
  }

  private static Problem unauthenticated(String detail, String challenge) {
    return Problem.of(ProblemType.UNAUTHENTICATED, detail)
        .withHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
  }

  /// Answers a request whose caller is known and may not do this.
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
      throws IOException {
    if (failure instanceof AuthorizationDeniedException denied
        && denied.getAuthorizationResult() instanceof Refusal refusal) {
      answer(request, response, refusal);
      return;
    }
    throw new IllegalStateException("access was denied by nobody", failure);
  }

  /// Answers a request that is refused.
  ///
  /// @param request what was asked
  /// @param response where to answer
  /// @param refusal why
  /// @throws IOException if the client is gone
  void answer(HttpServletRequest request, HttpServletResponse response, Refusal refusal)
      throws IOException {
    note(request, refusal.reason());
    writer.write(request, response, refusal.problem());
  }

  private void note(HttpServletRequest request, DenialReason reason) {
    Objects.requireNonNull(counters.get(reason)).increment();
    audit.denied(request, reason);
  }

  /// Requires that the caller may work on a keyspace that a request names in its body, before anything of it is done.
  ///
  /// @param request what is asked
  /// @param role what the caller must be
  /// @param keyspace where
  /// @throws ProblemException if it may not
  public void require(HttpServletRequest request, Role role, String keyspace) {
    Caller caller = Caller.current();
    if (caller.may(role, keyspace)) {
      return;
    }
    Refusal refusal =
        caller.rights().include(role) ? Refusal.ofKeyspace(keyspace) : Refusal.ofRole(role);
    note(request, refusal.reason());
    throw refusal.problem().asException();
  }
}
