package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/// Reads bodies whole, up to a limit.
public final class RequestBody {
  private RequestBody() {}

  /// How large a body may be.
  ///
  /// @param bytesMax most bytes
  /// @param tooLarge what to answer for one more
  public record Limit(long bytesMax, ProblemType tooLarge) {}

  /// Reads the body of a request.
  ///
  /// @param request what was asked
  /// @param limit how large it may be
  /// @return all bytes of the body
  /// @throws ProblemException if the body is too large, which is noticed before it is read where its length was announced, or
  ///     is encoded
  /// @throws IOException if the body cannot be read
  public static byte[] read(HttpServletRequest request, Limit limit) throws IOException {
    refuseEncoded(request);
    long announced = request.getContentLengthLong();
    if (announced > limit.bytesMax()) {
      throw tooLarge(limit, announced);
    }
    InputStream in = request.getInputStream();
    byte[] bytes = in.readNBytes((int) limit.bytesMax());
    if (bytes.length == limit.bytesMax() && in.read() >= 0) {
      throw tooLarge(limit, limit.bytesMax() + 1);
    }
    return bytes;
  }

  private static ProblemException tooLarge(Limit limit, long actual) {
    String detail =
        "The body has %d bytes or more; at most %d are allowed."
            .formatted(actual, limit.bytesMax());
    return Problem.of(limit.tooLarge(), detail).withLimit(limit.bytesMax(), actual).asException();
  }

  private static void refuseEncoded(HttpServletRequest request) {
    Optional<String> encoding = contentEncoding(request);
    if (encoding.isPresent()) {
      String detail =
          "The body has the Content-Encoding "
              + encoding.get()
              + "; this call takes plain bodies only.";
      throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail).asException();
    }
  }

  /// How the body is encoded.
  ///
  /// @param request what was asked
  /// @return the header Content-Encoding in lower case; nothing if the body is plain
  public static Optional<String> contentEncoding(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_ENCODING))
        .map(encoding -> encoding.strip().toLowerCase(Locale.ROOT))
        .filter(encoding -> !encoding.isEmpty() && !encoding.equals("identity"));
  }
}
