package io.lightningdb.server.keyvalue;

import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;

/// Hands the [EntryAddress] of a request to controllers. The key is read from the request line itself: what the web
/// server and Spring make of the path has lost the difference between `%2F` and `/`, and between `%3B` and `;`.
@Component
class EntryAddressArgument implements HandlerMethodArgumentResolver {

  /// Name of the path variable with the keyspace.
  static final String KEYSPACE = "keyspace";

  /// What the paths of calls have that work on an entry and have a name of their own behind its key.
  private static final String BELOW = "{key}/";

  private final Keyspaces keyspaces;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  EntryAddressArgument(Keyspaces keyspaces) {
    this.keyspaces = keyspaces;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == EntryAddress.class;
  }

  @Override
  public @Nullable Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory factory) {
    HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
    return servletRequest == null ? null : address(servletRequest);
  }

  /// Finds what a request is about.
  ///
  /// @param request its path names a keyspace and ends with a key, or with a name behind it
  /// @return the entry
  EntryAddress address(HttpServletRequest request) {
    String path = request.getRequestURI();
    boolean below = pattern(request).contains(BELOW);
    String entry = below ? path.substring(0, path.lastIndexOf('/')) : path;
    String segment = entry.substring(entry.lastIndexOf('/') + 1);
    byte[] key = KeyText.ofPath(segment, KeyParameters.encoding(Query.of(request)));
    return new EntryAddress(keyspaces.get(keyspace(request)), key);
  }

  private static String pattern(HttpServletRequest request) {
    return String.valueOf(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
  }

  private static String keyspace(HttpServletRequest request) {
    Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    return variables instanceof Map<?, ?> map ? String.valueOf(map.get(KEYSPACE)) : "";
  }
}
