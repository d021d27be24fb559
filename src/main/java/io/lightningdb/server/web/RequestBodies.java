package io.lightningdb.server.web;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/// Reads bodies whole, up to a limit, when there is memory for them.
@Component
public final class RequestBodies {

  /// Bodies up to this size are read without asking for memory.
  private static final int SMALL_BYTES = 16 * 1024;

  // G1 gives an array of half a region or more, which are 1 MB in small heaps, whole regions.
  private static final int PIECE_BYTES_MAX = 256 << 10;

  /// Called by Spring.
  public RequestBodies() {}

  /// How large a body may be.
  ///
  /// @param bytesMax most bytes
  /// @param tooLarge what to answer for one more
  /// @param copies how often the bytes of a body are held at most until it is in the log, as it was read among them:
  ///     memory for as many is taken at once, because a request that has part of what it needs and waits for more keeps
  ///     others from getting any
  public record Limit(long bytesMax, ProblemType tooLarge, int copies) {

    /// The limit of a body that is small, or looked at and dropped.
    ///
    /// @param bytesMax most bytes
    /// @param tooLarge what to answer for one more
    public Limit(long bytesMax, ProblemType tooLarge) {
      this(bytesMax, tooLarge, 2);
    }
  }

  /// Reads the body of a request. The memory for it is given back when the request ends. Its place among the requests
  /// that are served is given up while it waits for the network, and taken again when all is there.
  ///
  /// @param request what was asked
  /// @param limit how large it may be
  /// @return all bytes of the body
  /// @throws ProblemException if the body is too large, which is noticed before it is read where its length was
  ///     announced, is encoded, comes too late or too slowly, or finds no place
  /// @throws io.lightningdb.engine.cache.MemoryRefusedException if it finds no memory
  /// @throws IOException if the body cannot be read
  public byte[] read(HttpServletRequest request, Limit limit) throws IOException {
    refuseEncoded(request);
    long announced = request.getContentLengthLong();
    if (announced > limit.bytesMax()) {
      throw tooLarge(limit, announced);
    }
    byte[] body =
        announced >= 0
            ? readAnnounced(request.getInputStream(), (int) announced, limit)
            : readChunked(request.getInputStream(), limit);
    HeldPlace place = HeldPlace.of(request);
    if (place != null) {
      place.retake();
    }
    return body;
  }

  private static byte[] readAnnounced(InputStream in, int length, Limit limit) throws IOException {
    if (length > SMALL_BYTES) {
      take((long) length * limit.copies());
    }
    byte[] body = new byte[length];
    int read = in.readNBytes(body, 0, length);
    return read == length ? body : Arrays.copyOf(body, read);
  }

  /// How long it will be is not known: memory for the longest is taken, and what it did not need is given back.
  private static byte[] readChunked(InputStream in, Limit limit) throws IOException {
    // One byte more than allowed tells a body that is too large from one that just fits.
    int most = (int) limit.bytesMax() + 1;
    byte[] head = in.readNBytes(Math.min(SMALL_BYTES, most));
    if (head.length < SMALL_BYTES || head.length == most) {
      return checked(head, limit);
    }
    take(most * (long) limit.copies());
    byte[] body = joined(head, in, most);
    giveBack((most - body.length) * (long) limit.copies());
    return checked(body, limit);
  }

  /// Reads the body of a request that must be JSON. Where there is none, its media type does not matter.
  ///
  /// @param request what was asked
  /// @param limit how large it may be
  /// @return all bytes of the body
  /// @throws ProblemException as for [#read], and if the body has another media type than `application/json`, or
  ///     another charset than UTF-8
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

  /// Refuses UTF-16 and UTF-32, which some parsers of JSON guess from zeros at the begin. All other bytes they read as
  /// UTF-8.
  private static void refuseWide(byte[] body) {
    if (body.length > 1
        && (body[0] == 0 || body[1] == 0 || body[0] == (byte) 0xFE || body[0] == (byte) 0xFF)) {
      throw Problem.of(ProblemType.MALFORMED_JSON, "The body is not JSON in UTF-8.").asException();
    }
  }

  private static byte[] joined(byte[] head, InputStream in, int most) throws IOException {
    List<byte[]> pieces = new ArrayList<>(List.of(head));
    int length = head.length;
    for (byte[] last = head; last.length > 0; length += last.length) {
      // Each as long as all before it: pieces are few, and what is not filled is little.
      last = in.readNBytes(Math.min(Math.min(length, PIECE_BYTES_MAX), most - length));
      pieces.add(last);
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  private static void take(long bytes) {
    MemoryLease lease = MemoryLease.current();
    if (lease != null) {
      lease.take(CallerMemory.Use.INCOMING, bytes);
    }
  }

  private static void giveBack(long bytes) {
    MemoryLease lease = MemoryLease.current();
    if (lease != null) {
      lease.giveBackTo(lease.bytes() - bytes);
    }
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
