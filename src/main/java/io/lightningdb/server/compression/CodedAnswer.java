package io.lightningdb.server.compression;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// An answer that is compressed if it turns out to be long, and of a kind that becomes shorter. Until that is known,
/// its first bytes are kept here, so many as make no difference. *Confined to the thread of its request.*
final class CodedAnswer extends HttpServletResponseWrapper {
  private final HttpServletRequest request;
  private final Bounds bounds;
  private final boolean isHead;
  private final CodedOutput output;

  private State state = State.UNDECIDED;
  private long announcedBytes = -1;
  private @Nullable PrintWriter writer;

  /// What is compressed.
  ///
  /// @param deflaters compress
  /// @param thresholdBytes answers of more bytes are
  /// @param left counts answers that went out as they were because others were being compressed
  record Bounds(Deflaters deflaters, int thresholdBytes, Runnable left) {}

  /// How an answer goes out.
  private enum State {
    UNDECIDED,
    PLAIN,
    CODED
  }

  /// Begins an answer.
  ///
  /// @param request what was asked, as it came
  /// @param response where to answer
  /// @param bounds what is compressed
  CodedAnswer(HttpServletRequest request, HttpServletResponse response, Bounds bounds) {
    super(response);
    this.request = request;
    this.bounds = bounds;
    this.isHead = request.getMethod().equals("HEAD");
    this.output = new CodedOutput(this, bounds.thresholdBytes());
  }

  private HttpServletResponse target() {
    return (HttpServletResponse) getResponse();
  }

  /// Where the bytes go in the end.
  ///
  /// @return to the client
  /// @throws IOException if there is no way to it
  ServletOutputStream plainOutput() throws IOException {
    return target().getOutputStream();
  }

  /// Tells whether the first bytes are still kept.
  ///
  /// @return false once it is decided how the answer goes out
  boolean isUndecided() {
    return state == State.UNDECIDED;
  }

  /// Tells whether bytes are to be compressed.
  ///
  /// @return true once that is decided
  boolean isCoded() {
    return state == State.CODED;
  }

  /// Tells whether the answer is lines, which are told as they come.
  ///
  /// @return by its media type
  boolean isLines() {
    return Compressible.isLines(target().getContentType());
  }

  /// Decides, unless it is too early.
  ///
  /// @param bytes how many have been written, or are about to be
  /// @param isAll whether there will be no more
  /// @return false if the next bytes are to be kept
  boolean decide(int bytes, boolean isAll) {
    boolean isLengthKnown = isAll || announcedBytes >= 0;
    long length = Math.max(bytes, announcedBytes);
    if (length <= bounds.thresholdBytes()) {
      if (isLengthKnown) {
        leave(length);
      }
      return isLengthKnown;
    }
    if (!isCompressible()) {
      leave(isLengthKnown ? length : -1);
    } else if (isHead) {
      code(null);
    } else {
      codeIfThereIsADeflater(isLengthKnown ? length : -1);
    }
    return true;
  }

  private void codeIfThereIsADeflater(long length) {
    Deflaters.Lent lent = bounds.deflaters().lend();
    if (lent == null) {
      bounds.left().run();
      leave(length);
    } else {
      code(lent);
    }
  }

  private boolean isCompressible() {
    int status = target().getStatus();
    String cacheControl = target().getHeader(HttpHeaders.CACHE_CONTROL);
    return status >= 200
        && status != SC_NO_CONTENT
        && status != SC_PARTIAL_CONTENT
        && status != SC_NOT_MODIFIED
        && target().getHeader(HttpHeaders.CONTENT_ENCODING) == null
        && target().getHeader(HttpHeaders.CONTENT_RANGE) == null
        // What must not be stored is a secret, and its length would tell of it.
        && (cacheControl == null || !cacheControl.contains("no-store"))
        && Compressible.is(target().getContentType());
  }

  private void code(Deflaters.@Nullable Lent lent) {
    state = State.CODED;
    target().setHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    // Parts are those of the answer as it is.
    target().setHeader(HttpHeaders.ACCEPT_RANGES, null);
    String tag = target().getHeader(HttpHeaders.ETAG);
    if (tag != null) {
      target().setHeader(HttpHeaders.ETAG, CodedTags.coded(tag));
    }
    output.compressWith(lent);
  }

  /// Lets the answer out as it is.
  ///
  /// @param length all bytes of it; -1 if that is not known
  void leave(long length) {
    state = State.PLAIN;
    if (length > 0 || announcedBytes >= 0) {
      target().setContentLengthLong(length);
    }
  }

  /// Ends the answer, which is whole.
  ///
  /// @throws IOException if the client is gone
  void finish() throws IOException {
    if (writer != null) {
      writer.flush();
    }
    if (isUndecided()) {
      tellKnownTag();
    }
    output.finish();
  }

  /// What the client has already has the tag that it named.
  private void tellKnownTag() {
    String tag = target().getHeader(HttpHeaders.ETAG);
    if (target().getStatus() == SC_NOT_MODIFIED
        && tag != null
        && CodedTags.isKnownCoded(request, tag)) {
      target().setHeader(HttpHeaders.ETAG, CodedTags.coded(tag));
    }
  }

  /// Gives up what compresses, without the end that a whole answer has.
  void release() {
    output.release();
  }

  private void startAnew() {
    if (!isCommitted()) {
      if (isCoded()) {
        target().setHeader(HttpHeaders.CONTENT_ENCODING, null);
        target().setHeader(HttpHeaders.ETAG, null);
      }
      output.drop();
      writer = null;
      announcedBytes = -1;
      state = State.UNDECIDED;
    }
  }

  @Override
  public ServletOutputStream getOutputStream() {
    return output;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) {
      writer =
          new PrintWriter(
              new OutputStreamWriter(output, Charset.forName(getCharacterEncoding())), false);
    }
    return writer;
  }

  @Override
  public void flushBuffer() throws IOException {
    if (writer != null) {
      writer.flush();
    }
    output.flush();
    if (!isUndecided()) {
      super.flushBuffer();
    }
  }

  @Override
  public void reset() {
    startAnew();
    super.reset();
  }

  @Override
  public void resetBuffer() {
    startAnew();
    super.resetBuffer();
  }

  @Override
  public void sendError(int status) throws IOException {
    startAnew();
    super.sendError(status);
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    startAnew();
    super.sendError(status, message);
  }

  @Override
  public void setContentLength(int length) {
    setContentLengthLong(length);
  }

  @Override
  public void setContentLengthLong(long length) {
    switch (state) {
      case UNDECIDED -> announcedBytes = length;
      case PLAIN -> super.setContentLengthLong(length);
      // It is another one, which is not known before the end.
      case CODED -> {}
    }
  }

  private boolean isLength(String name) {
    return name.toLowerCase(Locale.ROOT).equals("content-length");
  }

  @Override
  public void setHeader(String name, @Nullable String value) {
    if (value != null && isLength(name)) {
      setContentLengthLong(Long.parseLong(value));
    } else {
      super.setHeader(name, value);
    }
  }

  @Override
  public void addHeader(String name, String value) {
    if (isLength(name)) {
      setContentLengthLong(Long.parseLong(value));
    } else {
      super.addHeader(name, value);
    }
  }

  @Override
  public void setIntHeader(String name, int value) {
    setHeader(name, Integer.toString(value));
  }

  @Override
  public void addIntHeader(String name, int value) {
    addHeader(name, Integer.toString(value));
  }
}
