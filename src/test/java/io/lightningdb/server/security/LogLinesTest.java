package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.lightningdb.server.keyvalue.Raw;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/// Nothing that a caller wrote whom the service does not know stands in a log.
class LogLinesTest extends SecuredService {
  private static final String SECRET = "s3cr3t";

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(
              event.getFormattedMessage()
                  + (event.getThrowableProxy() == null
                      ? ""
                      : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
      };

  @BeforeEach
  void listen() {
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(appender);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /v1/keyspaces/s3cr3t/entries/s3cr3t, '', 401",
    "GET /v1/keyspaces/s3cr3t, '', 401",
    "PUT /v1/keyspaces/s3cr3t, Authorization: Bearer s3cr3t, 401",
    "DELETE /v1/admin/tokens/s3cr3t, Authorization: Basic s3cr3t, 401",
    "GET /v1/s3cr3t, '', 401",
    "S3CR3T-s3cr3t /v1/limits, '', 401",
    "GET /v1/keyspaces/s3cr3t/entries/s3 cr3t, '', 400",
    "GET /v1/keyspaces/s3cr3t/entries/s3cr3t\u0001s, '', 400",
    "GET /v1/keyspaces/s3cr3t/entries/%00s3cr3t, '', 400",
    "GET /v1/limits, X-s3cr3t(: s3cr3t, 400",
    "GET /v1/limits, Cookie: s3cr3t=s3cr3t\u0001s, 400",
    "GET /v1/limits, X-Request-Id: s3cr3t/s3cr3t, 401",
    "GET /v1/limits, 'Lightning-s3cr3t: s3cr3t', 401",
    "GET /swagger-ui/..%2fs3cr3t, '', 404",
    "GET /swagger-ui/%2e%2e/s3cr3t, '', 404",
    "GET /swagger-ui/WEB-INF/s3cr3t, '', 404",
    "GET /swagger-ui/http:%2f%2fs3cr3t, '', 404",
    "GET /swagger-ui/s3cr3t%5c..%5cs3cr3t, '', 404",
    "GET /problems/..%2fs3cr3t, '', 404",
    "GET /actuator/health/s3cr3t, '', 404",
    "GET /v3/api-docs, Accept: s3cr3t/;;q=s3cr3t, 406",
    "GET /swagger-ui/index.html, Range: bytes=s3cr3t, 400",
    "GET /swagger-ui/index.html, If-Modified-Since: s3cr3t, 200",
  })
  void nothingOfARequestOfAnUnknownCallerIsLogged(String line, String header, int status) {
    for (int i = 0; i < 3; i++) {
      Raw.Answer answer = Raw.send(port(), line, header.isEmpty() ? "" : header + "\r\n", "");
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    }
    assertThat(lines).noneMatch(each -> each.contains(SECRET));
  }

  /// However often one thing is wrong, there are so many lines in a second, and so many refusals in a minute.
  @Test
  void manyBadRequestsCauseFewLines() {
    List<String> requests =
        List.of(
            "GET /swagger-ui/..%2fx HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "GET /v1/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "GET /v1/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer a.b.c\r\n\r\n",
            "GET /v1/x HTTP/9.9\r\n\r\n",
            "PUT /v1/keyspaces/x/entries/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n",
            "GET /v1/x HTTP/1.1\r\nHost: lo:cal:host\r\n\r\n",
            "GET /v1/x HTTP/1.1\r\nHost: localhost\r\n(: x\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003 hello\r\n\r\n");
    for (String request : requests) {
      lines.clear();
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        Raw.exchange(port(), out -> out.write(request.getBytes(StandardCharsets.ISO_8859_1)));
      }
      long seconds = (System.nanoTime() - start) / 1_000_000_000 + 2;
      assertThat(lines.stream().filter(line -> !line.contains("\"outcome\":\"denied: ")))
          .as(request)
          .hasSizeLessThanOrEqualTo((int) (10 * seconds));
    }
  }
}
