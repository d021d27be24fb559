package io.lightningdb.tool.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A good answer of the service. Closing it before its end drops the connection. *Confined to one thread.*
final class Answer implements AutoCloseable {
  private final Service service;
  private final Request request;
  private final HttpURLConnection connection;
  private final int status;
  private final InputStream body;
  private boolean isRead;

  Answer(
      Service service,
      Request request,
      HttpURLConnection connection,
      int status,
      InputStream body) {
    this.service = service;
    this.request = request;
    this.connection = connection;
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  @Nullable String header(String name) {
    return connection.getHeaderField(name);
  }

  /// The version in the header `ETag`, or -1 if there is none.
  long version() {
    String tag = header("ETag");
    // What compresses on the way makes the tag a weak one, or names the coding behind the version.
    return tag == null
        ? -1
        : Long.parseLong(tag.replaceFirst("^(?:W/)?\"(\\d+)(?:-[a-z]+)?\"$", "$1"));
  }

  /// The body, as it comes. What fails in reading is told as the failures of a connection are.
  InputStream stream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        try {
          int count = body.read(target, offset, length);
          isRead |= count < 0;
          return count;
        } catch (IOException e) {
          throw service.broken(request, e);
        }
      }
    };
  }

  byte[] bytes() throws ClientException {
    try {
      return stream().readAllBytes();
    } catch (ClientException e) {
      throw e;
    } catch (IOException e) {
      throw service.broken(request, e);
    }
  }

  String text() throws ClientException {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (!isRead) {
      connection.disconnect();
    }
  }
}
