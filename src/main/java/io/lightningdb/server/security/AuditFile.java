package io.lightningdb.server.security;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.lightningdb.engine.io.FileModes;
import io.lightningdb.server.settings.LightningProperties;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/// Gives the audit log a file of its own, if `lightning.security.audit-file` names one: the newest lines under that name, older ones
/// under the same with `.1` to `.9` behind it, 10 MB each.
@Component
final class AuditFile implements DisposableBean {
  private static final int OLD_FILES_MAX = 9;
  private static final String BYTES_MAX = "10MB";

  private final LoggerContext context;
  private final Logger logger;
  private final @Nullable RollingFileAppender<ILoggingEvent> appender;

  /// Opens the file, if one is named.
  ///
  /// @param settings name it
  /// @throws IOException if it cannot be written
  AuditFile(LightningProperties settings) throws IOException {
    this.context = (LoggerContext) LoggerFactory.getILoggerFactory();
    this.logger = context.getLogger(AuditLog.LOGGER);
    String name = settings.security().auditFile();
    this.appender = name.isBlank() ? null : open(Path.of(name));
  }

  private RollingFileAppender<ILoggingEvent> open(Path file) throws IOException {
    requireWritable(file);
    RollingFileAppender<ILoggingEvent> opened = new PrivateAppender();
    opened.setContext(context);
    opened.setName("audit");
    opened.setFile(file.toString());
    opened.setEncoder(lines());
    opened.setRollingPolicy(numbered(file, opened));
    opened.setTriggeringPolicy(bySize());
    opened.start();
    logger.addAppender(opened);
    logger.setAdditive(false);
    return opened;
  }

  /// The appender itself would only complain, and go on without writing.
  private static void requireWritable(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      FileModes.createDirectories(parent);
    }
    FileModes.createFile(file);
  }

  private PatternLayoutEncoder lines() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%msg%n");
    encoder.start();
    return encoder;
  }

  private FixedWindowRollingPolicy numbered(
      Path file, RollingFileAppender<ILoggingEvent> appender) {
    FixedWindowRollingPolicy policy = new FixedWindowRollingPolicy();
    policy.setContext(context);
    policy.setParent(appender);
    policy.setFileNamePattern(file + ".%i");
    policy.setMinIndex(1);
    policy.setMaxIndex(OLD_FILES_MAX);
    policy.start();
    return policy;
  }

  private SizeBasedTriggeringPolicy<ILoggingEvent> bySize() {
    SizeBasedTriggeringPolicy<ILoggingEvent> policy = new SizeBasedTriggeringPolicy<>();
    policy.setContext(context);
    policy.setMaxFileSize(FileSize.valueOf(BYTES_MAX));
    policy.setCheckIncrement(Duration.buildBySeconds(1));
    policy.start();
    return policy;
  }

  /// Each new file is made with the mode of all others before the appender opens it.
  private static final class PrivateAppender extends RollingFileAppender<ILoggingEvent> {
    @Override
    public void openFile(String name) throws IOException {
      FileModes.createFile(Path.of(name));
      super.openFile(name);
    }
  }

  @Override
  public void destroy() {
    if (appender != null) {
      logger.detachAppender(appender);
      logger.setAdditive(true);
      appender.stop();
    }
  }
}
