package io.lightningdb.target;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Stands before an object store and spoils some requests. One request for each connection. *Thread-safe.*
final class FaultyProxy implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
  private static final int SOCKET_TIMEOUT_MILLIS = 20_000;

  private final int to;
  private final ServerSocket server;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  /// What is done to a request.
  sealed interface Fault {
    /// It never gets to the store, and this is the answer.
    record Answer(String status, String headers, String body) implements Fault {
      static Answer error(String status, String code) {
        return new Answer(
            status, "", "<Error><Code>" + code + "</Code><Message>planted</Message></Error>");
      }
    }

    /// The connection is lost after so many bytes of the request.
    record CutRequest(int bytes) implements Fault {}

    /// The store does it, and the connection is lost after so many bytes of the body of its answer.
    record CutAnswer(int bytes) implements Fault {}

    /// The store does it, and nothing of its answer arrives.
    record LoseAnswer() implements Fault {}
  }

  private record Rule(Predicate<String> about, Fault fault, AtomicInteger left) {}

  FaultyProxy(int to) throws IOException {
    this.to = to;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /// Spoils the next requests of a kind.
  ///
  /// @param about tells by the first line of a request, such as `PUT /bucket/key?partNumber=2 HTTP/1.1`
  void spoil(int times, Predicate<String> about, Fault fault) {
    rules.add(new Rule(about, fault, new AtomicInteger(times)));
  }

  /// The first lines of all requests.
  List<String> seen() {
    return List.copyOf(seen);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
      InputStream in = client.getInputStream();
      String head = head(in);
      if (!head.isEmpty()) {
        String line = head.substring(0, head.indexOf("\r\n"));
        seen.add(line);
        answer(client, in, head, line);
      }
    } catch (IOException _) {
      // One of the two has gone away, which the other notices.
    }
  }

  private void answer(Socket client, InputStream in, String head, String line) throws IOException {
    long length = length(head);
    for (Rule rule : rules) {
      if (rule.about().test(line) && rule.left().getAndDecrement() > 0) {
        switch (rule.fault()) {
          case Fault.Answer answer -> {
            in.skipNBytes(length);
            client.getOutputStream().write(bytes(answer));
          }
          case Fault.CutRequest cut -> in.skipNBytes(Math.min(cut.bytes(), length));
          case Fault.CutAnswer cut -> forward(client.getOutputStream(), in, head, cut.bytes());
          case Fault.LoseAnswer _ ->
              forward(OutputStream.nullOutputStream(), in, head, Long.MAX_VALUE);
        }
        return;
      }
    }
    forward(client.getOutputStream(), in, head, Long.MAX_VALUE);
  }

  private static byte[] bytes(Fault.Answer answer) {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 %s\r\n%sContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(answer.status(), answer.headers(), body.length);
    return (head + answer.body()).getBytes(StandardCharsets.UTF_8);
  }

  private void forward(OutputStream client, InputStream in, String head, long answerBytes)
      throws IOException {
    try (Socket store = new Socket(InetAddress.getLoopbackAddress(), to)) {
      store.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
      OutputStream out = store.getOutputStream();
      out.write(withClose(head).getBytes(StandardCharsets.ISO_8859_1));
      copy(in, out, length(head));
      InputStream answer = store.getInputStream();
      client.write(withClose(head(answer)).getBytes(StandardCharsets.ISO_8859_1));
      copy(answer, client, answerBytes);
    }
  }

  private static String withClose(String head) {
    String kept = head.replaceAll("(?i)\r\nconnection: [^\r]*", "");
    return kept.substring(0, kept.length() - 2) + "Connection: close\r\n\r\n";
  }

  private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[8192];
    long left = bytes;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        return;
      }
      out.write(buffer, 0, count);
      left -= count;
    }
  }

  private static long length(String head) {
    Matcher length = LENGTH.matcher(head.toLowerCase(Locale.ROOT));
    return length.find() ? Long.parseLong(length.group(1)) : 0;
  }

  /// Everything up to the empty line; nothing if there is no request.
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.write(next);
      if (next == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
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
