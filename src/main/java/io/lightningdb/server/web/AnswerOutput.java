package io.lightningdb.server.web;

import io.lightningdb.server.problem.ClientGoneException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/// The body of an answer, whose failures say that the client is gone. *Not thread-safe.*
final class AnswerOutput extends ServletOutputStream {
  private final ServletOutputStream out;
  private final HttpServletRequest request;
  private boolean failed;

  /// Watches a stream.
  ///
  /// @param out to the client
  /// @param request that is answered
  AnswerOutput(ServletOutputStream out, HttpServletRequest request) {
    this.out = out;
    this.request = request;
  }

  /// Tells whether the client was found gone.
  ///
  /// @return true from the first failure on
  boolean hasFailed() {
    return failed;
  }

  private ClientGoneException gone(IOException failure) {
    failed = true;
    ClientGoneException.note(request);
    return failure instanceof ClientGoneException known ? known : new ClientGoneException(failure);
  }

  @Override
  public void write(int b) throws IOException {
    try {
      out.write(b);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public boolean isReady() {
    return out.isReady();
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    out.setWriteListener(listener);
  }
}
