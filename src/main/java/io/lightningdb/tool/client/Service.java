package io.lightningdb.tool.client;

import io.lightningdb.engine.io.FailureText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// The service, as a client sees it. *Confined to one thread.*
///
/// It speaks through `HttpURLConnection`, which starts 300 ms faster than the newer client of the JDK. Bodies are
/// streamed, so nothing is ever sent twice without a word; redirects are not followed, so a token goes to the address
/// that was named and nowhere else.
final class Service {
  /// Bodies of more than this ask first whether they are wanted.
  private static final long UNASKED_BYTES_MAX = 256 << 10;

  private static final int CONNECT_MILLIS_MAX = 10_000;
  private static final int PIECE_BYTES = 1 << 16;

  // The service gives up first and can say why.
  private static final int GRACE_MILLIS = 2_000;

  private final URI base;
  private final @Nullable String token;
  private final @Nullable SSLSocketFactory tls;
  private final @Nullable Duration timeout;
  private final Duration silenceMax;
  private final @Nullable Session session;
  private final boolean json;
  private boolean keepAlive;

  /// Describes it; nothing is connected yet.
  ///
  /// @param base its address, without a slash at the end
  /// @param token who the client is, or null
  /// @param tls whom to trust, or null for those that the JDK trusts
  /// @param timeout how long an answer may take, or null if only a silence is bounded
  /// @param silenceMax longest time without a byte
  /// @param session where the command runs and is ended by Ctrl-C; null for a thread that is ended otherwise
  /// @param json whether problems are shown as JSON
  Service(
      URI base,
      @Nullable String token,
      @Nullable SSLSocketFactory tls,
      @Nullable Duration timeout,
      Duration silenceMax,
      @Nullable Session session,
      boolean json) {
    this.base = base;
    this.token = token;
    this.tls = tls;
    this.timeout = timeout;
    this.silenceMax = silenceMax;
    this.session = session;
    this.json = json;
  }

  /// Keeps connections for the next request, for commands that send many.
  Service keepingAlive() {
    keepAlive = true;
    return this;
  }

  /// The same service for another thread.
  Service alone() {
    return new Service(base, token, tls, timeout, silenceMax, null, json);
  }

  URI base() {
    return base;
  }

  boolean isJson() {
    return json;
  }

  /// Asks, and takes a good answer only.
  ///
  /// @return an answer with a status below 300, to be closed
  /// @throws ClientException if there is none
  Answer send(Request request) throws ClientException {
    Answer answer = ask(request);
    if (answer.status() < 300) {
      return checked(request, answer);
    }
    try (answer) {
      throw Problems.failure(this, request, answer);
    }
  }

  private Answer checked(Request request, Answer answer) throws ClientException {
    if (request.path().startsWith("/v1/") && answer.header("Lightning-Version") == null) {
      answer.close();
      throw new ClientException(
          ClientExit.SERVICE_FAILED,
          "What answers at %s is no Lightning DB. Give the address of the service by --url or LIGHTNING_URL."
              .formatted(base));
    }
    return answer;
  }

  /// Sends a request of which only the outcome matters.
  void run(Request request) throws ClientException {
    try (Answer answer = send(request)) {
      answer.bytes();
    }
  }

  /// Sends a request and reads the whole answer as text.
  String text(Request request) throws ClientException {
    try (Answer answer = send(request)) {
      return answer.text();
    }
  }

  /// Asks, and takes any answer.
  ///
  /// @return the answer, to be closed
  /// @throws ClientException if there is none
  Answer ask(Request request) throws ClientException {
    HttpURLConnection connection = null;
    try {
      connection = open(request);
      sendBody(request, connection);
      int status = connection.getResponseCode();
      if (status < 0) {
        throw new IOException("no HTTP");
      }
      return new Answer(this, request, connection, status, bodyOf(connection, status));
    } catch (HttpRetryException e) {
      // Only of a body that was streamed: the connection hides what a 401 says.
      return unauthenticated(request, e);
    } catch (ClientException e) {
      throw e;
    } catch (IOException e) {
      disconnect(connection);
      throw broken(request, e);
    }
  }

  private static void disconnect(@Nullable HttpURLConnection connection) {
    if (connection != null) {
      connection.disconnect();
    }
  }

  private HttpURLConnection open(Request request) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(base + request.target()).toURL().openConnection();
    if (tls != null && connection instanceof HttpsURLConnection secured) {
      secured.setSSLSocketFactory(tls);
    }
    connection.setRequestMethod(request.method());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    // 0 is for ever to the JDK.
    int silence = Math.clamp(silenceMax.toMillis(), 1, Integer.MAX_VALUE);
    connection.setConnectTimeout(Math.min(CONNECT_MILLIS_MAX, silence));
    connection.setReadTimeout(silence);
    request.headers().forEach(connection::setRequestProperty);
    if (connection.getRequestProperty("Accept") == null) {
      connection.setRequestProperty("Accept", "*/*");
    }
    connection.setRequestProperty("User-Agent", "lightningdb-cli");
    if (!keepAlive) {
      connection.setRequestProperty("Connection", "close");
    }
    if (token != null) {
      connection.setRequestProperty("Authorization", "Bearer " + token);
    }
    if (timeout != null && isTimed(request)) {
      connection.setRequestProperty("Lightning-Timeout", timeout.toString());
      connection.setReadTimeout(
          (int) Math.min(Integer.MAX_VALUE, timeout.toMillis() + GRACE_MILLIS));
    }
    return connection;
  }

  private static boolean isTimed(Request request) {
    return request.path().startsWith("/v1/") && !request.path().equals("/v1/limits");
  }

  private void sendBody(Request request, HttpURLConnection connection) throws IOException {
    Body body = request.body();
    if (body == null && !request.changes()) {
      return;
    }
    connection.setDoOutput(true);
    long length = body == null ? 0 : body.length();
    if (length < 0) {
      connection.setChunkedStreamingMode(PIECE_BYTES);
    } else {
      connection.setFixedLengthStreamingMode(length);
    }
    if (length < 0 || length > UNASKED_BYTES_MAX) {
      connection.setRequestProperty("Expect", "100-Continue");
    }
    try (OutputStream target = connection.getOutputStream()) {
      if (body != null) {
        body.send(target);
      }
    } catch (ProtocolException _) {
      // The service has answered already, and the body is not wanted.
    }
  }

  private static InputStream bodyOf(HttpURLConnection connection, int status) throws IOException {
    InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    return body == null ? new ByteArrayInputStream(new byte[0]) : body;
  }

  /// Asks for something without a body: what it is told of the token is what the other request was told.
  private Answer unauthenticated(Request request, HttpRetryException hidden)
      throws ClientException {
    Answer answer = ask(Request.get("/v1/keyspaces/default"));
    if (answer.status() == hidden.responseCode()) {
      return answer;
    }
    answer.close();
    throw broken(request, hidden);
  }

  /// What a failure of the connection means.
  ClientException broken(Request request, IOException failure) {
    if (failure instanceof ClientException known) {
      return known;
    }
    if (session != null && session.isCancelled()) {
      return new ClientException(
          ClientExit.INTERRUPTED,
          "It was ended before the answer came."
              + (request.changes() ? " Whether it did what was asked is not known: look." : ""),
          failure);
    }
    if (failure instanceof SocketTimeoutException && !isConnecting(failure)) {
      return new ClientException(
          ClientExit.TIMEOUT,
          "%s did not answer in time.%s"
              .formatted(
                  base,
                  request.changes() ? " Whether it did what was asked is not known: look." : ""),
          failure);
    }
    return ConnectionFailures.of(base, request, failure);
  }

  private static boolean isConnecting(IOException failure) {
    return FailureText.of(failure).toLowerCase(java.util.Locale.ROOT).contains("connect");
  }
}
