package io.lightningdb.server.web;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/// Reads bodies whole, up to a limit, and as many at a time as there is memory for.
@Component
public final class RequestBodies {

  /// Bodies up to this size are read without asking for memory.
  private static final int SMALL_BYTES = 64 * 1024;

  private final BodyMemory memory;

  /// Called by Spring.
  ///
  /// @param memory bounds what all bodies take together
  public RequestBodies(BodyMemory memory) {
    this.memory = memory;
  }

  /// How large a body may be.
  ///
  /// @param bytesMax most bytes
  /// @param tooLarge what to answer for one more
  public record Limit(long bytesMax, ProblemType tooLarge) {}

  /// Reads the body of a request. The memory for it is given back when the request ends. Its place among the requests that are served is
  /// given up while it waits for the network, and taken again when all is there.
  ///
  /// @param request what was asked
  /// @param limit how large it may be
  /// @return all bytes of the body
  /// @throws ProblemException if the body is too large, which is noticed before it is read where its length was announced, is
  ///     encoded, comes too late or too slowly, or finds no memory or no place
  /// @throws IOException if the body cannot be read
  public byte[] read(HttpServletRequest request, Limit limit) throws IOException {
    refuseEncoded(request);
    long announced = request.getContentLengthLong();
    if (announced > limit.bytesMax()) {
      throw tooLarge(limit, announced);
    }
    byte[] body = read(request, limit, announced);
    HeldPlace place = HeldPlace.of(request);
    if (place != null) {
      place.retake();
    }
    return body;
  }

  private byte[] read(HttpServletRequest request, Limit limit, long announced) throws IOException {
    InputStream in = request.getInputStream();
    if (announced >= 0 && announced < SMALL_BYTES) {
      // What is read without a known length takes a buffer of many times a small value.
      return in.readNBytes((int) announced);
    }
    // One byte more than allowed tells a body that is too large from one that just fits.
    int most = (int) limit.bytesMax() + 1;
    byte[] head = in.readNBytes(Math.min(SMALL_BYTES, most));
    if (head.length == SMALL_BYTES && head.length < most) {
      memory.reserve(request, announced < 0 ? limit.bytesMax() : announced);
      return checked(joined(head, in.readNBytes(most - head.length)), limit);
    }
    return checked(head, limit);
  }

  /// Reads the body of a request that must be JSON. Where there is none, its media type does not matter.
  ///
  /// @param request what was asked
  /// @param limit how large it may be
  /// @return all bytes of the body
  /// @throws ProblemException as for [#read], and if the body has another media type than `application/json`, or another charset than
  ///     UTF-8
  /// @throws IOException if the body cannot be read
  public byte[] readJson(HttpServletRequest request, Limit limit) throws IOException {
    boolean isAnnounced = request.getContentLengthLong() > 0;
    if (isAnnounced) {
      MediaTypes.requireJson(request.getContentType());
    }
    byte[] body = read(request, limit);
    if (!isAnnounced && body.length > 0) {
      MediaTypes.requireJson(request.getContentType());
    }
    refuseWide(body);
    return body;
  }

  /// Refuses UTF-16 and UTF-32, which some parsers of JSON guess from zeros at the begin. All other bytes they read as UTF-8.
  private static void refuseWide(byte[] body) {
    if (body.length > 1
        && (body[0] == 0 || body[1] == 0 || body[0] == (byte) 0xFE || body[0] == (byte) 0xFF)) {
      throw Problem.of(ProblemType.MALFORMED_JSON, "The body is not JSON in UTF-8.").asException();
    }
  }

  private static byte[] joined(byte[] head, byte[] rest) {
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  private static byte[] checked(byte[] body, Limit limit) {
    if (body.length > limit.bytesMax()) {
      throw tooLarge(limit, body.length);
    }
    return body;
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
