package io.lightningdb.server.web;

import io.lightningdb.server.problem.ClientGoneException;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.UnreadableBodyException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/// The body of a request: it ends where its length or its chunks say, or it fails. *Not thread-safe.*
final class BodyInput extends ServletInputStream {
  private final ServletInputStream in;
  private final HttpServletRequest request;
  private final long announced;
  private final long bytesMax;
  private long count;

  /// Watches a stream.
  ///
  /// @param in from the client
  /// @param request whose body it is
  /// @param bytesMax most bytes, where what reads it has no bound of its own
  BodyInput(ServletInputStream in, HttpServletRequest request, long bytesMax) {
    this.in = in;
    this.request = request;
    this.announced = request.getContentLengthLong();
    this.bytesMax = bytesMax;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (announced > bytesMax) {
      throw tooLarge(announced);
    }
    int got;
    try {
      got = in.read(target, offset, length);
    } catch (IOException e) {
      throw failed(e);
    }
    if (got < 0 && count < announced) {
      throw cutOff(null);
    }
    count += Math.max(0, got);
    if (count > bytesMax) {
      throw tooLarge(count);
    }
    return got;
  }

  private ProblemException tooLarge(long bytes) {
    String detail =
        "The body has %d bytes or more; at most %d are allowed.".formatted(bytes, bytesMax);
    return Problem.of(ProblemType.BODY_TOO_LARGE, detail).withLimit(bytesMax, bytes).asException();
  }

  private UnreadableBodyException failed(IOException failure) {
    UnreadableBodyException.note(request);
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return switch (root) {
      case UnreadableBodyException known -> known;
      case SocketTimeoutException _ ->
          new UnreadableBodyException("came to a halt after " + bytes(), failure);
      case EOFException _, SocketException _, ClosedChannelException _ -> cutOff(failure);
      // What the system says of a connection that was reset has no kind of its own.
      case IOException plain when plain.getClass() == IOException.class -> cutOff(failure);
      default ->
          new UnreadableBodyException("is not framed as HTTP demands, after " + bytes(), failure);
    };
  }

  private UnreadableBodyException cutOff(@Nullable IOException failure) {
    UnreadableBodyException.note(request);
    ClientGoneException.note(request);
    return new UnreadableBodyException("was cut off after " + bytes(), failure);
  }

  private String bytes() {
    return announced < 0 ? count + " bytes" : count + " of " + announced + " bytes";
  }

  /// Does nothing: what is left of a body is for the web server.
  @Override
  public void close() {}

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public boolean isFinished() {
    return in.isFinished();
  }

  @Override
  public boolean isReady() {
    return in.isReady();
  }

  @Override
  public void setReadListener(ReadListener listener) {
    in.setReadListener(listener);
  }
}
