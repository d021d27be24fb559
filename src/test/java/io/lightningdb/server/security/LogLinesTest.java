package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.lightningdb.server.keyvalue.Raw;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
  })
  void nothingOfARequestOfAnUnknownCallerIsLogged(String line, String header, int status) {
    for (int i = 0; i < 3; i++) {
      Raw.Answer answer = Raw.send(port(), line, header.isEmpty() ? "" : header + "\r\n", "");
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    }
    assertThat(lines).noneMatch(each -> each.contains(SECRET));
  }
}
