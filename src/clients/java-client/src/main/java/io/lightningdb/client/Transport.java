package io.lightningdb.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends calls, again where that is safe, and remembers the newest version that was answered. Thread-safe. */
final class Transport {
  private static final int PROBLEM_BYTES_MAX = 1 << 20;
  // The service gives up first, and says so.
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int HTTP_NO_CONTENT = 204;
  private static final int HTTP_CONFLICT = 409;
  private static final int HTTP_TOO_MANY = 429;
  private static final int HTTP_SERVER_ERROR = 500;
  private static final int HTTP_UNAVAILABLE = 503;

  private final HttpClient http;
  private final String base;
  private final Supplier<String> token;
  private final Duration timeout;
  private final RetryPolicy retries;
  private final Attempts.Pause pause;
  private final boolean readYourWrites;
  private final AtomicLong version = new AtomicLong();
  private volatile boolean closed;

  Transport(
      HttpClient http,
      String base,
      Supplier<String> token,
      Duration timeout,
      RetryPolicy retries,
      Attempts.Pause pause,
      boolean readYourWrites) {
    this.http = http;
    this.base = base;
    this.token = token;
    this.timeout = timeout;
    this.retries = retries;
    this.pause = pause;
    this.readYourWrites = readYourWrites;
  }

  /** A whole answer. */
  static final class Answer {
    // What compresses on the way makes the tag a weak one, or names the coding behind the version.
    private static final Pattern VERSION =
        Pattern.compile("^(?:W/)?\"([0-9]{1,18})(?:-[a-z]+)?\"$");

    private final int status;
    private final byte[] body;
    private final String contentType;
    private final String tag;
    private final String expiresAt;
    private final long version;
    private final boolean repeated;

    private Answer(HttpResponse<byte[]> response, boolean repeated) {
      this.status = response.statusCode();
      this.body = response.body();
      this.contentType =
          response.headers().firstValue("Content-Type").orElse("application/octet-stream");
      this.tag = response.headers().firstValue("ETag").orElse(null);
      this.expiresAt = response.headers().firstValue("Lightning-Expires-At").orElse(null);
      this.version = response.headers().firstValueAsLong("Lightning-Version").orElse(0);
      this.repeated = repeated;
    }

    byte[] body() {
      return body;
    }

    boolean hasBody() {
      return status != HTTP_NO_CONTENT;
    }

    String contentType() {
      return contentType;
    }

    /** What the header ETag names, 0 without it. */
    long entryVersion() {
      Matcher version = VERSION.matcher(tag == null ? "" : tag);
      return version.find() ? Long.parseLong(version.group(1)) : 0;
    }

    Instant expiresAt() {
      return expiresAt == null ? null : ZonedDateTime.parse(expiresAt).toInstant();
    }

    long version() {
      return version;
    }

    /** Whether an attempt before this one may have been carried out. */
    boolean isRepeated() {
      return repeated;
    }
  }

  /** A problem that came behind an attempt that may have been carried out. */
  static final class Refusal {
    private final ProblemException problem;
    private final boolean repeated;

    private Refusal(ProblemException problem, boolean repeated) {
      this.problem = problem;
      this.repeated = repeated;
    }

    boolean is(String name) {
      return problem.problem().is(name);
    }

    boolean isRepeated() {
      return repeated;
    }

    ProblemException problem() {
      return problem;
    }
  }

  /** What makes an answer of a problem that is no failure for the caller; null makes it one. */
  interface Expected<T> {
    T of(Refusal refusal);
  }

  /** What makes a result of an answer. */
  interface Reading<T> {
    T of(Answer answer);
  }

  long version() {
    return version.get();
  }

  void sawVersion(long seen) {
    version.accumulateAndGet(seen, Math::max);
  }

  void forgetVersion() {
    version.set(0);
  }

  void close() {
    closed = true;
  }

  /** Attempts of something that others can be in the way of, which is no failure: the policy may only give it more time. */
  Attempts attempts(int attemptsMax) {
    RetryPolicy usual = RetryPolicy.DEFAULT;
    Duration timeMax =
        retries.timeMax().compareTo(usual.timeMax()) > 0 ? retries.timeMax() : usual.timeMax();
    return new Attempts(
        new RetryPolicy(attemptsMax, usual.pauseMin(), usual.pauseMax(), timeMax), pause);
  }

  /** Sends a call and reads its answer. */
  Answer send(Call call) {
    return send(call, answer -> answer, refusal -> null);
  }

  /** Sends a call, some of whose problems are results. */
  <T> T send(Call call, Reading<T> reading, Expected<T> expected) {
    Attempts attempts = new Attempts(retries, pause);
    boolean repeated = false;
    while (true) {
      LightningException failure;
      Duration retryAfter = Duration.ZERO;
      try {
        HttpResponse<byte[]> response =
            exchange(call, HttpResponse.BodyHandlers.ofByteArray(), true);
        if (response.statusCode() < 300) {
          return reading.of(new Answer(response, repeated));
        }
        Problem problem = Problem.of(response.statusCode(), response.body());
        ProblemException answered = ProblemException.of(problem);
        T result = expected.of(new Refusal(answered, repeated));
        if (result != null) {
          return result;
        }
        if (!mayRepeat(call, problem)) {
          throw answered;
        }
        repeated |= !isCertain(problem);
        retryAfter = retryAfter(response);
        failure = answered;
      } catch (ConnectionException e) {
        if (e.outcomeUnknown() && !call.isRepeatable()) {
          throw e;
        }
        repeated |= e.outcomeUnknown();
        failure = e;
      }
      attempts.next(failure, retryAfter);
    }
  }

  /** Sends a call and begins to read its answer, which is to be closed. */
  AnswerStream open(Call call) {
    Attempts attempts = new Attempts(retries, pause);
    while (true) {
      LightningException failure;
      Duration retryAfter = Duration.ZERO;
      try {
        HttpResponse<AnswerStream> response =
            exchange(call, about -> new AnswerStream(timeout), false);
        AnswerStream body = response.body();
        if (response.statusCode() < 300) {
          requireEnd(call, response);
          return body;
        }
        Problem problem = Problem.of(response.statusCode(), problemBody(call, body));
        if (!mayRepeat(call, problem)) {
          throw ProblemException.of(problem);
        }
        retryAfter = retryAfter(response);
        failure = ProblemException.of(problem);
      } catch (ConnectionException e) {
        failure = e;
      }
      attempts.next(failure, retryAfter);
    }
  }

  private static byte[] problemBody(Call call, AnswerStream body) {
    try (body) {
      return body.readNBytes(PROBLEM_BYTES_MAX);
    } catch (IOException e) {
      throw new ConnectionException(call + ": the answer broke off", false, e);
    }
  }

  /** Without one of these a stream that was cut looks like one that has ended. */
  private static void requireEnd(Call call, HttpResponse<AnswerStream> response) {
    boolean told =
        response.version() == HttpClient.Version.HTTP_2
            || response.headers().firstValue("Content-Length").isPresent()
            || response
                .headers()
                .firstValue("Transfer-Encoding")
                .filter(coding -> coding.equalsIgnoreCase("chunked"))
                .isPresent();
    if (!told) {
      response.body().close();
      throw new ConnectionException(
          call + ": an answer without Content-Length or chunks has no certain end", false, null);
    }
  }

  private <T> HttpResponse<T> exchange(
      Call call, HttpResponse.BodyHandler<T> handler, boolean whole) {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + call.target()));
    call.applyTo(request);
    String bearer = token.get();
    if (bearer != null) {
      request.setHeader("Authorization", "Bearer " + requireToken(bearer));
    }
    // A stream may take as long as its reader does.
    if (whole) {
      request.setHeader("Lightning-Timeout", timeout.toString());
    }
    long seen = version.get();
    if (readYourWrites && seen > 0) {
      request.setHeader("Lightning-Version-At-Least", Long.toString(seen));
    }
    Duration timeMax = timeout.plus(GRACE);
    CompletableFuture<HttpResponse<T>> sent = http.sendAsync(request.build(), handler);
    try {
      HttpResponse<T> response = sent.get(timeMax.toNanos(), TimeUnit.NANOSECONDS);
      response.headers().firstValueAsLong("Lightning-Version").ifPresent(this::sawVersion);
      return response;
    } catch (ExecutionException e) {
      throw failed(call, e.getCause());
    } catch (TimeoutException e) {
      giveUp(sent);
      throw new ConnectionException(call + ": no answer within " + timeMax, true, e);
    } catch (InterruptedException e) {
      giveUp(sent);
      Thread.currentThread().interrupt();
      throw new ConnectionException(call + ": interrupted", true, e);
    }
  }

  private static <T> void giveUp(CompletableFuture<HttpResponse<T>> sent) {
    sent.cancel(true);
    // It may have come at that very moment.
    sent.whenComplete((response, failure) -> {
      if (response != null && response.body() instanceof AnswerStream) {
        ((AnswerStream) response.body()).close();
      }
    });
  }

  private static ConnectionException failed(Call call, Throwable cause) {
    boolean reached =
        !(cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException);
    String message =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new ConnectionException(call + ": " + message, reached, cause);
  }

  /** The client of the JDK would show the token in its message. */
  static String requireToken(String token) {
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new IllegalArgumentException("the token is empty or has characters that no token has");
    }
    return token;
  }

  /** Whether the service has done nothing for certain. */
  private static boolean isCertain(Problem problem) {
    if (problem.type().equals("about:blank")) {
      return problem.status() < HTTP_SERVER_ERROR;
    }
    // The write that met a failure of the storage may have survived it.
    return problem.status() < HTTP_SERVER_ERROR
        || problem.status() == HTTP_UNAVAILABLE && !problem.is("read-only");
  }

  private static boolean mayRepeat(Call call, Problem problem) {
    int status = problem.status();
    boolean passing =
        status == HTTP_TOO_MANY
            || status == HTTP_UNAVAILABLE
            || status == HTTP_CONFLICT
                && (problem.is("conflict") || problem.is("idempotency-key-in-use"))
            || problem.is("outcome-unknown")
            || problem.type().equals("about:blank") && status >= 502 && status <= 504;
    return passing && (isCertain(problem) || call.isRepeatable());
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    String text = response.headers().firstValue("Retry-After").orElse("0").strip();
    try {
      return Duration.ofSeconds(Math.max(0, Long.parseLong(text)));
    } catch (NumberFormatException e) {
      return untilDate(text);
    }
  }

  private static Duration untilDate(String text) {
    try {
      Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration time = Duration.between(Instant.now(), date);
      return time.isNegative() ? Duration.ZERO : time;
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }
}
