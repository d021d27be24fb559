package io.lightningdb.server.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/// Has administrative actions written down, whatever becomes of them. Stands behind the check of the caller's rights, so that
/// a refused request is written down once, as refused.
final class AuditFilter extends OncePerRequestFilter {
  private final RequestAccess access;
  private final AuditLog audit;

  /// Writes to a log.
  ///
  /// @param access knows which calls are administrative
  /// @param audit takes the lines
  AuditFilter(RequestAccess access, AuditLog audit) {
    this.access = access;
    this.audit = audit;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getMethod().equals("GET")
        || !access.rule(request).map(AccessRule::isAdministrative).orElse(false);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    try {
      chain.doFilter(request, response);
      status = response.getStatus();
    } finally {
      audit.done(request, status, response.getHeader(HttpHeaders.LOCATION));
    }
  }
}
