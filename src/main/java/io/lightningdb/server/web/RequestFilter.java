package io.lightningdb.server.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// A filter that each request passes once, when it comes from the client, and not again when the web server dispatches
/// it to an error page. It is registered so; to find out for each request whether it has been here, as Spring's filters
/// do, takes two changes of a map.
public interface RequestFilter extends Filter {

  /// Handles a request, or has others do so.
  ///
  /// @param request what was asked
  /// @param response where to answer
  /// @param chain what stands behind
  /// @throws IOException if the client is gone
  /// @throws ServletException if what stands behind fails
  void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException;

  @Override
  default void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    filter((HttpServletRequest) request, (HttpServletResponse) response, chain);
  }
}
