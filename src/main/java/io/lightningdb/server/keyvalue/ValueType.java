package io.lightningdb.server.keyvalue;

import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.web.PercentDecoding;
import jakarta.servlet.http.HttpServletRequest;

/// The media type that a request wants its body stored with. `Lightning-Content-Type` is for clients that cannot set
/// `Content-Type`, as many generated ones cannot: if it is there, it alone counts.
///
/// @param contentType a media type that a value can be stored with
/// @param isNamed whether `Lightning-Content-Type` names it
public record ValueType(String contentType, boolean isNamed) {

  /// Reads what the headers of a request say.
  ///
  /// @param request has a value for its body
  /// @return the media type; `application/octet-stream` if neither header is there
  /// @throws ProblemException if it is none
  public static ValueType of(HttpServletRequest request) {
    String named = request.getHeader(Headers.CONTENT_TYPE);
    return named == null
        ? new ValueType(ContentTypes.ofHeader(request.getContentType()), false)
        : new ValueType(ContentTypes.ofHeader(named), true);
  }

  /// Makes a value of the body of the request. A form is what `curl -d` says of any body if it is told nothing else, so
  /// it says nothing of the value: its bytes do, which are text if they are UTF-8. Where a client names the media type
  /// of a value on purpose, in a header of the service's own, in JSON or in a line of an import, a form stays one.
  ///
  /// @param bytes the body
  /// @return the value
  /// @throws ProblemException if the media type says JSON, or text of a charset, of what is none
  public StoredValue value(byte[] bytes) {
    if (isNamed || !StoredValue.isForm(contentType)) {
      return ContentTypes.value(contentType, bytes);
    }
    String found = PercentDecoding.isUtf8(bytes) ? StoredValue.TEXT : StoredValue.OCTET_STREAM;
    return new StoredValue(found, bytes);
  }
}
