package io.lightningdb.server.compression;

import io.lightningdb.server.web.RequestFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;

/// Compresses answers of clients that ask for it. Requests that do not are handed on as they are, with the answer that
/// they came with.
///
/// A part of a value is a part of its bytes as they are: requests for one are never answered compressed.
final class CompressedAnswers implements RequestFilter {
  private final Deflaters deflaters;
  private final int thresholdBytes;
  private final Runnable left;
  private final boolean tells;

  /// Compresses.
  ///
  /// @param deflaters do it
  /// @param thresholdBytes answers of more bytes are compressed
  /// @param left counts answers that went out as they were because others were being compressed
  /// @param tells whether to tell caches with each answer what it depends on; else answers begin with that
  CompressedAnswers(Deflaters deflaters, int thresholdBytes, Runnable left, boolean tells) {
    this.deflaters = deflaters;
    this.thresholdBytes = thresholdBytes;
    this.left = left;
    this.tells = tells;
  }

  @Override
  public void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (tells) {
      response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    }
    AcceptedCodings accepted = AcceptedCodings.of(request.getHeaders(HttpHeaders.ACCEPT_ENCODING));
    boolean coded = accepted.gzip() && request.getHeader(HttpHeaders.RANGE) == null;
    HttpServletRequest read = CodedTags.readIn(request, coded);
    if (!coded) {
      chain.doFilter(read, response);
      return;
    }
    int threshold = accepted.plain() ? thresholdBytes : 0;
    CodedAnswer answer =
        new CodedAnswer(request, response, new CodedAnswer.Bounds(deflaters, threshold, left));
    try {
      chain.doFilter(read, answer);
      answer.finish();
    } finally {
      answer.release();
    }
  }
}
