package io.lightningdb.server.web;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.server.Headers;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Puts the visible version into every answer of the API. Answers computed at another version replace it.
@Component
class VersionFilter extends OncePerRequestFilter {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  VersionFilter(Database database) {
    this.database = database;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith(request.getContextPath() + "/v1/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      response.setHeader(Headers.VERSION, Long.toString(database.visibleVersion()));
    } catch (EngineException.Closed _) {
      // The service stops; the call itself says so.
    }
    chain.doFilter(request, response);
  }
}
