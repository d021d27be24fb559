package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/// Media types of the service, and which of them a client wants.
public final class MediaTypes {

  /// JSON values, one a line.
  public static final String NDJSON = "application/x-ndjson";

  /// Another name of [#NDJSON], taken and answered wherever that is.
  public static final String NDJSON_UNPREFIXED = "application/ndjson";

  /// Another name of [#NDJSON], taken and answered wherever that is.
  public static final String JSONL = "application/jsonl";

  /// Comma-separated values with a header row (RFC 4180).
  public static final String CSV = "text/csv";

  /// A gzip file.
  public static final String GZIP = "application/gzip";

  private static final List<MediaType> LINES =
      MediaType.parseMediaTypes(List.of(NDJSON, NDJSON_UNPREFIXED, JSONL));

  private MediaTypes() {}

  /// Tells whether a client that may be answered with JSON or with a stream of lines prefers the lines, and by which
  /// name.
  ///
  /// @param request what was asked; its header Accept has been found acceptable already
  /// @return the media type of lines that is named, if it is not named after JSON
  public static Optional<String> lines(HttpServletRequest request) {
    for (MediaType type : accepted(request)) {
      Optional<MediaType> named = LINES.stream().filter(type::equalsTypeAndSubtype).findFirst();
      if (named.isPresent()) {
        return named.map(MediaType::toString);
      }
      if (type.includes(MediaType.APPLICATION_JSON)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /// Refuses a charset other than UTF-8, which is all that JSON, its lines and CSV are read in.
  ///
  /// @param type media type of a body
  /// @throws io.lightningdb.server.problem.ProblemException if it names another
  public static void requireUtf8(MediaType type) {
    Charset charset = type.getCharset();
    if (charset != null && !charset.equals(StandardCharsets.UTF_8)) {
      String detail =
          "The Content-Type names the charset %s; %s/%s is read in UTF-8 only."
              .formatted(charset, type.getType(), type.getSubtype());
      throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail).asException();
    }
  }

  /// Refuses a body that is not declared as JSON.
  ///
  /// @param contentType the header Content-Type, or null if there is none
  /// @throws io.lightningdb.server.problem.ProblemException if it is missing, cannot be read, is something else, or
  ///     names another charset than UTF-8
  public static void requireJson(@Nullable String contentType) {
    try {
      if (contentType != null) {
        MediaType type = MediaType.parseMediaType(contentType);
        if (type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
          requireUtf8(type);
          return;
        }
      }
    } catch (InvalidMediaTypeException _) {
      // Told below.
    }
    throw Problem.of(
            ProblemType.UNSUPPORTED_MEDIA_TYPE,
            notTaken(contentType, MediaType.APPLICATION_JSON_VALUE))
        .asException();
  }

  /// Says that a media type is not taken.
  ///
  /// @param contentType the header Content-Type, or null if there is none
  /// @param taken those that are, with commas between them
  /// @return a sentence
  public static String notTaken(@Nullable String contentType, String taken) {
    return contentType == null
        ? "The body has no Content-Type; this call takes " + taken + "."
        : "The Content-Type %s is not taken here; this call takes %s."
            .formatted(contentType, taken);
  }

  private static List<MediaType> accepted(HttpServletRequest request) {
    try {
      List<MediaType> types =
          new ArrayList<>(
              MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
      MimeTypeUtils.sortBySpecificity(types);
      return types;
    } catch (InvalidMediaTypeException _) {
      return List.of();
    }
  }
}
