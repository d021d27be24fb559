package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.regex.Pattern;

/// One connection without a client in between, for as many requests as wanted and at any pace.
public final class RawConnection implements AutoCloseable {
  public static final int PATIENCE_MILLIS = 20_000;

  private static final Pattern REQUEST = Pattern.compile("[A-Z]+ /\\S* HTTP/1\\.1\r\n");

  private final Socket socket = new Socket();

  /// Of requests that are to be answered.
  private final Queue<String> requestLines = new ArrayDeque<>();

  private RawConnection(String from, int receiveBytes, int port) throws IOException {
    socket.bind(new InetSocketAddress(from, 0));
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  public static RawConnection to(int port) throws IOException {
    return new RawConnection("127.0.0.1", 0, port);
  }

  /// A connection from another address of this machine, such as 127.0.0.2.
  public static RawConnection from(String address, int port) throws IOException {
    return new RawConnection(address, 0, port);
  }

  /// A connection over which little can be on its way without being read.
  public static RawConnection narrow(int port) throws IOException {
    return new RawConnection("127.0.0.1", 4096, port);
  }

  /// An answer with its status, head and body as they came.
  public record Answer(int status, String head, String body) {}

  public RawConnection send(String text) throws IOException {
    if (REQUEST.matcher(text).lookingAt()) {
      requestLines.add(text.lines().findFirst().orElseThrow());
    }
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /// Sends the same over and over until the other side has closed the connection.
  ///
  /// @return bytes that were sent
  public long sendUntilClosed(byte[] bytes, long most) {
    long sent = 0;
    try {
      while (sent < most) {
        socket.getOutputStream().write(bytes);
        sent += bytes.length;
      }
    } catch (IOException _) {
      // What is waited for.
    }
    return sent;
  }

  /// Sends a text piece by piece, at a pace, until something comes back or the connection ends.
  ///
  /// @return pieces that were sent
  public int drip(String piece, int most, int paceMillis) throws IOException {
    socket.setSoTimeout(paceMillis);
    try {
      for (int i = 0; i < most; i++) {
        try {
          send(piece);
        } catch (IOException _) {
          return i;
        }
        if (hasMore()) {
          return i + 1;
        }
      }
      return most;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  private int peeked = -2;

  private boolean hasMore() {
    try {
      peeked = socket.getInputStream().read();
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      peeked = -1;
      return true;
    }
  }

  private int next() throws IOException {
    if (peeked != -2) {
      int first = peeked;
      peeked = -2;
      return first;
    }
    return socket.getInputStream().read();
  }

  /// Reads an answer with a length, or without a body.
  public Answer answer() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = next();
      if (next < 0) {
        throw new IOException("the connection ended in: " + head.toString(ISO_8859_1));
      }
      head.write(next);
    }
    String text = head.toString(ISO_8859_1);
    int status = Integer.parseInt(text.substring(9, 12));
    byte[] body = socket.getInputStream().readNBytes(length(text));
    Answer answer = new Answer(status, text, new String(body, ISO_8859_1));
    String asked = status < 200 ? null : requestLines.poll();
    if (asked != null) {
      SeenStatuses.addRaw(asked, status, answer.body());
    }
    return answer;
  }

  private static int length(String head) {
    return head.lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }

  /// Reads a byte.
  ///
  /// @return -1 at the end
  public int read() throws IOException {
    return next();
  }

  /// Reads up to so many bytes.
  ///
  /// @return how many came before the connection ended
  public int take(int most) {
    try {
      InputStream in = socket.getInputStream();
      return in.readNBytes(most).length;
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nothing more came, and the connection did not end", e);
    } catch (IOException _) {
      return 0;
    }
  }

  /// Waits until the other side has closed the connection; what it has sent before is dropped.
  ///
  /// @return whether it did in time
  public boolean isClosedWithin(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
