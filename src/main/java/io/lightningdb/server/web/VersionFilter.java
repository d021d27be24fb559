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

/// Puts the visible version into every answer of the API. Answers computed at another version replace it.
@Component
class VersionFilter implements RequestFilter {
  private static final String API = "/v1/";

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  VersionFilter(Database database) {
    this.database = database;
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getRequestURI().startsWith(API, request.getContextPath().length())) {
      tellVersion(response);
    }
    chain.doFilter(request, response);
  }

  private void tellVersion(HttpServletResponse response) {
    try {
      response.setHeader(Headers.VERSION, Long.toString(database.visibleVersion()));
    } catch (EngineException.Closed _) {
      // The service stops; the call itself says so.
    }
  }
}
