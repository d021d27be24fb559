package io.lightningdb.server.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/// Media types of the service, and which of them a client wants.
public final class MediaTypes {

  /// JSON values, one a line.
  public static final String NDJSON = "application/x-ndjson";

  /// Comma-separated values with a header row (RFC 4180).
  public static final String CSV = "text/csv";

  /// A gzip file.
  public static final String GZIP = "application/gzip";

  private static final MediaType NDJSON_TYPE = MediaType.parseMediaType(NDJSON);

  private MediaTypes() {}

  /// Tells whether a client that may be answered with JSON or with a stream of lines prefers the lines.
  ///
  /// @param request what was asked; its header Accept has been found acceptable already
  /// @return true if NDJSON is named, and not after JSON
  public static boolean wantsLines(HttpServletRequest request) {
    for (MediaType type : accepted(request)) {
      if (type.equalsTypeAndSubtype(NDJSON_TYPE)) {
        return true;
      }
      if (type.includes(MediaType.APPLICATION_JSON)) {
        return false;
      }
    }
    return false;
  }

  private static List<MediaType> accepted(HttpServletRequest request) {
    try {
      List<MediaType> types = MediaType.parseMediaTypes(request.getHeader(HttpHeaders.ACCEPT));
      MimeTypeUtils.sortBySpecificity(types);
      return types;
    } catch (InvalidMediaTypeException _) {
      return List.of();
    }
  }
}
