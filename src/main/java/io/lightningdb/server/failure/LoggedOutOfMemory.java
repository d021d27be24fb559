package io.lightningdb.server.failure;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/// Looks through what is logged for an exhaustion of memory. Web servers and pools of threads catch everything, log it,
/// and go on; this tells [UncaughtFailures] of it. *Thread-safe.*
public final class LoggedOutOfMemory extends AppenderBase<ILoggingEvent> {

  private LoggedOutOfMemory() {}

  /// Begins to look. To be called when the log is set up.
  public static void watch() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      LoggedOutOfMemory watch = new LoggedOutOfMemory();
      watch.setContext(context);
      watch.setName("out-of-memory");
      watch.start();
      context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(watch);
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
      UncaughtFailures.endIfOutOfMemory(proxy.getThrowable());
    }
  }
}
