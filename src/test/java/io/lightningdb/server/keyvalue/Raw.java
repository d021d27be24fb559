package io.lightningdb.server.keyvalue;

import io.lightningdb.server.SeenStatuses;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// HTTP without a client in between that would correct, encode or complete what is sent.
public final class Raw {
  private static final int TIMEOUT_MILLIS = 20_000;

  private Raw() {}

  /// An answer, read until the connection was closed.
  ///
  /// @param status of the first line
  /// @param head status line and headers
  /// @param body what follows, as it came
  public record Answer(int status, String head, String body) {}

  /// Sends a request. The request line is sent as it is given, but for the protocol.
  public static Answer send(int port, String line, String headers, String body) {
    String request =
        line
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + headers
            + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
            + "\r\n"
            + body;
    return exchange(port, out -> out.write(request.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /// Sends a body of unknown length, a number of equal chunks.
  public static Answer sendChunked(int port, String line, String chunk, int count) {
    return exchange(
        port,
        out -> {
          String head =
              line
                  + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
          out.write(head.getBytes(StandardCharsets.ISO_8859_1));
          byte[] each =
              (Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1);
          for (int i = 0; i < count; i++) {
            out.write(each);
          }
          out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        });
  }

  /// Writes a request.
  public interface Sender {
    void sendTo(OutputStream out) throws IOException;
  }

  public static Answer exchange(int port, Sender sender) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      FirstLine sent = new FirstLine(socket.getOutputStream());
      sender.sendTo(sent);
      sent.flush();
      Answer answer = parse(socket.getInputStream());
      SeenStatuses.addRaw(sent.line(), answer.status(), answer.body());
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Passes everything on and keeps the first line.
  private static final class FirstLine extends FilterOutputStream {
    private final StringBuilder line = new StringBuilder();
    private boolean isOver;

    FirstLine(OutputStream to) {
      super(to);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      for (int i = offset; i < offset + length && !isOver; i++) {
        isOver = bytes[i] == '\n';
        line.append((char) (bytes[i] & 0xff));
      }
    }

    String line() {
      return line.toString();
    }
  }

  /// Reads an answer until the connection is closed.
  public static Answer parse(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    in.transferTo(all);
    String text = all.toString(StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no HTTP answer: " + text);
    }
    int status = Integer.parseInt(text.substring(9, 12));
    return new Answer(status, text.substring(0, end), text.substring(end + 4));
  }
}
