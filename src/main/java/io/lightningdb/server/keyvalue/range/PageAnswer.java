package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/// Answers with pages.
public final class PageAnswer {
  private PageAnswer() {}

  /// Answers with a page and a link to the next one.
  ///
  /// @param page what to answer
  /// @param query what was asked
  /// @param request names the path
  /// @param response where to answer
  /// @throws IOException if the client is gone
  public static void write(
      Page page, Query query, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader(Headers.VERSION, Long.toString(page.version()));
    page.cursor()
        .ifPresent(cursor -> response.setHeader(HttpHeaders.LINK, link(cursor, query, request)));
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setContentLength(page.json().size());
    page.json().writeTo(response.getOutputStream());
  }

  private static String link(String cursor, Query query, HttpServletRequest request) {
    String limit = query.text(PageRequest.LIMIT).map(text -> "&limit=" + text).orElse("");
    String encoding =
        query.text(KeyParameters.KEY_ENCODING).map(text -> "&keyEncoding=" + text).orElse("");
    return "<%s?cursor=%s%s%s>; rel=\"next\""
        .formatted(request.getRequestURI(), cursor, limit, encoding);
  }
}
