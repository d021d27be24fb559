package io.lightningdb.server.security;

import io.lightningdb.server.web.RequestFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;

/// Has administrative actions written down, whatever becomes of them. Stands behind the check of the caller's rights, so that
/// a refused request is written down once, as refused.
final class AuditFilter implements RequestFilter {
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
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (isAdministrative(request)) {
      written(request, response, chain);
    } else {
      chain.doFilter(request, response);
    }
  }

  private boolean isAdministrative(HttpServletRequest request) {
    return !request.getMethod().equals("GET")
        && access.rule(request).map(AccessRule::isAdministrative).orElse(false);
  }

  private void written(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
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
