package io.lightningdb.server.security;

import io.lightningdb.server.settings.Cors;
import io.lightningdb.server.web.RequestFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.servletapi.SecurityContextHolderAwareRequestWrapper;

/// Takes everybody for [Caller#LOCAL], where no credentials are configured: everybody is a program of this machine.
///
/// A browser is one, too, and sends what pages from anywhere tell it to. A page that makes its own name stand for the loopback
/// address (DNS rebinding) may even read the answer; the browser then still names that host in `Host`. Other pages cannot read it, and
/// could have a flush or a compaction made; the browser names them in `Origin`. Both are refused.
///
/// It does all that security does for such a service, so that it can stand alone: the chain of Spring Security, which has nobody to
/// look at here, would wrap each request and each answer several times.
final class OpenAccessFilter implements RequestFilter {
  private static final CallerAuthentication LOCAL = new CallerAuthentication(Caller.LOCAL);

  private static final String API = "/v1/";
  private static final String ROLE_PREFIX = "ROLE_";

  private final Denials denials;
  private final AuditFilter audit;
  private final SingleHeaders singleHeaders;
  private final Cors cors;

  /// Refuses pages from elsewhere.
  ///
  /// @param denials answers them
  /// @param audit writes down what the others do
  /// @param singleHeaders refuses requests that mean two things
  /// @param cors names pages from elsewhere that are not refused
  OpenAccessFilter(Denials denials, AuditFilter audit, SingleHeaders singleHeaders, Cors cors) {
    this.denials = denials;
    this.audit = audit;
    this.singleHeaders = singleHeaders;
    this.cors = cors;
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    AnswerHeaders.write(request, response);
    singleHeaders.filter(request, response, (_, _) -> known(request, response, chain));
  }

  private void known(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    SecurityContext context = new SecurityContextImpl(LOCAL);
    SecurityContextHolder.setContext(context);
    try {
      String foreign = foreign(request);
      if (foreign == null) {
        audit.filter(withCaller(request), response, chain);
      } else {
        denials.answer(request, response, Refusal.ofOrigin(foreign));
      }
    } finally {
      SecurityContextHolder.clearContext();
    }
  }

  /// Actuator asks the request for the roles of its caller, and shows the parts of health by them. The API asks [Caller].
  private static HttpServletRequest withCaller(HttpServletRequest request) {
    return request.getRequestURI().startsWith(API, request.getContextPath().length())
        ? request
        : new SecurityContextHolderAwareRequestWrapper(request, ROLE_PREFIX);
  }

  /// What tells that a page from elsewhere is behind a request, or null.
  private @Nullable String foreign(HttpServletRequest request) {
    String host = host(request);
    if (!ListenAddress.isLoopbackName(host)) {
      return "This service takes requests for localhost and loopback addresses, and this one is for "
          + (host.isEmpty() ? "none" : host)
          + ".";
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null && !isLocal(origin) && !cors.allows(origin)) {
      return "This service takes requests of pages of this machine, and this one comes from "
          + origin
          + ".";
    }
    return null;
  }

  /// The host that the client names, whatever a proxy says of it; its own idea of the server where it names none.
  private static String host(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.HOST);
    if (header == null) {
      return request.getServerName();
    }
    String host = header.strip();
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  /// Tells whether an origin is a web server of this machine. `null`, the origin of files and of pages in a sandbox, is not.
  private static boolean isLocal(String origin) {
    try {
      String host = URI.create(origin).getHost();
      return host != null && ListenAddress.isLoopbackName(host);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
