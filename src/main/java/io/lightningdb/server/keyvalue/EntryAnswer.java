package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Entry;
import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/// Answers with the value of an entry as it was sent, or part of it, as the conditions of the request demand.
public final class EntryAnswer {
  private EntryAnswer() {}

  /// Answers.
  ///
  /// @param entry what was read; with version 0 one that the transaction of the request wrote, which has no tag yet
  /// @param request has conditions and the range
  /// @param response where to answer
  /// @throws IOException if the client is gone
  /// @throws io.lightningdb.server.problem.ProblemException if If-Match does not hold
  public static void write(Entry entry, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Precondition condition = Precondition.of(request);
    long version = Precondition.comparable(entry);
    if (condition.match().isGiven() && !condition.match().matchStrongly(version)) {
      throw refused(entry);
    }
    if (entry.version() != 0) {
      response.setHeader(HttpHeaders.ETAG, tag(entry.version()));
    }
    Instant expiresAt = entry.expiresAt();
    if (expiresAt != null) {
      response.setHeader(Headers.EXPIRES_AT, expiresAt.toString());
    }
    if (condition.noneMatch().matchWeakly(version)) {
      response.setStatus(HttpStatus.NOT_MODIFIED.value());
    } else {
      write(StoredValue.of(entry.value()), range(request, entry), response);
    }
  }

  /// The header Range, unless the client wants a part of another version only, which it then needs whole.
  private static Optional<String> range(HttpServletRequest request, Entry entry) {
    String ifRange = request.getHeader(HttpHeaders.IF_RANGE);
    boolean wanted = ifRange == null || ifRange.strip().equals(tag(entry.version()));
    return wanted && request.getMethod().equals("GET")
        ? Optional.ofNullable(request.getHeader(HttpHeaders.RANGE))
        : Optional.empty();
  }

  private static void write(
      StoredValue value, Optional<String> header, HttpServletResponse response) throws IOException {
    int length = value.bytes().length;
    Optional<ByteRange> part = ByteRange.of(header.orElse(null), length);
    if (part.isPresent()) {
      ByteRange range = part.get();
      response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
      response.setHeader(
          HttpHeaders.CONTENT_RANGE,
          "bytes %d-%d/%d".formatted(range.first(), range.last(), length));
    }
    ByteRange bytes = part.orElse(new ByteRange(0, length - 1));
    response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
    response.setHeader(HttpHeaders.CONTENT_TYPE, value.contentType());
    response.setContentLength(bytes.length());
    response.getOutputStream().write(value.bytes(), bytes.first(), bytes.length());
  }

  /// Says that there is no entry.
  ///
  /// @return an exception to throw
  public static ProblemException notFound() {
    return Problem.of(ProblemType.ENTRY_NOT_FOUND, ProblemType.ENTRY_NOT_FOUND.meaning())
        .asException();
  }

  /// Says that a condition on an entry does not hold.
  ///
  /// @param entry what was read, or null if there is none
  /// @return an exception to throw
  public static ProblemException refused(@Nullable Entry entry) {
    if (entry != null && entry.version() == 0) {
      String detail = "The transaction itself wrote the entry, which has no version yet.";
      return Problem.of(ProblemType.PRECONDITION_FAILED, detail).asException();
    }
    long version = entry == null ? 0 : entry.version();
    String detail =
        entry == null
            ? "There is no entry, and the request demands one."
            : "The entry has version " + version + ", which the request does not allow.";
    return ProblemTranslation.preconditionFailed(detail, version).asException();
  }

  /// The entity tag of a version.
  ///
  /// @param version version of an entry
  /// @return the version in quotes
  static String tag(long version) {
    return "\"" + version + "\"";
  }
}
