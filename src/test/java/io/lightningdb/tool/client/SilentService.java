package io.lightningdb.tool.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// What takes requests, and answers with the begin of an answer or nothing at all, and never ends one.
final class SilentService implements AutoCloseable {
  static final String CLOSED = "closed";

  private final ServerSocket server;
  private final byte[] begin;

  /// Lines of requests whose head has come, and then, for each, whether its client has closed the connection.
  final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  SilentService(String begin) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.begin = begin.getBytes(ISO_8859_1);
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException("no request");
        }
        head.write(next);
      }
      socket.getOutputStream().write(begin);
      seen.add(head.toString(ISO_8859_1).lines().findFirst().orElseThrow());
      // The body, and then the end of the connection.
      in.transferTo(OutputStream.nullOutputStream());
      seen.add(CLOSED);
    } catch (IOException _) {
      seen.add(CLOSED);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
