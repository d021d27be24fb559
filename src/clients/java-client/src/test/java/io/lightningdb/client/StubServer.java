package io.lightningdb.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A server that misbehaves as it is told: each request takes the next behaviour.
final class StubServer implements Closeable {
  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Queue<Behaviour> behaviours = new ConcurrentLinkedQueue<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();

  /// What came.
  record Request(String line, Map<String, String> headers, byte[] body) {}

  /// What is done with a request; afterwards the connection is closed if it answers false.
  interface Behaviour {
    boolean answer(OutputStream out) throws IOException;
  }

  StubServer(Behaviour... behaviours) throws IOException {
    this.behaviours.addAll(List.of(behaviours));
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  List<Request> requests() {
    return requests;
  }

  /// An answer with a body of JSON.
  static Behaviour json(int status, String body, String... headers) {
    return whole(status, "application/json", body, headers);
  }

  /// A problem of a type.
  static Behaviour problem(int status, String type, boolean retryable, String... headers) {
    String body =
        """
        {"type":"/problems/%s","title":"t","status":%d,"detail":"d","instance":"/","retryable":%s}
        """
            .formatted(type, status, retryable);
    return whole(status, "application/problem+json", body, headers);
  }

  static Behaviour whole(int status, String type, String body, String... headers) {
    return out -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " x\r\n");
      head.append("Content-Type: ").append(type).append("\r\n");
      if (status != 204) {
        head.append("Content-Length: ").append(bytes.length).append("\r\n");
      }
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      if (status != 204) {
        out.write(bytes);
      }
      out.flush();
      return true;
    };
  }

  /// The connection ends without an answer.
  static Behaviour cut() {
    return _ -> false;
  }

  /// Nothing is ever answered.
  static Behaviour silence(CountDownLatch end) {
    return _ -> {
      await(end);
      return false;
    };
  }

  static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The head of a stream in chunks.
  static void beginChunks(OutputStream out, String type) throws IOException {
    out.write(
        ("HTTP/1.1 200 x\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  static void chunk(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException _) {
        // It was closed.
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      boolean more = true;
      while (more) {
        Request request = read(in);
        if (request == null) {
          return;
        }
        requests.add(request);
        Behaviour behaviour = behaviours.poll();
        more = behaviour != null && behaviour.answer(out);
      }
    } catch (IOException _) {
      // The client went away, or the test has ended.
    }
  }

  private static Request read(InputStream in) throws IOException {
    String line = line(in);
    if (line == null) {
      return null;
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      headers.put(
          header.substring(0, header.indexOf(':')),
          header.substring(header.indexOf(':') + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    return new Request(line, headers, in.readNBytes(length));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
