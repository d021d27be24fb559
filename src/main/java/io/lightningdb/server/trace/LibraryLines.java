package io.lightningdb.server.trace;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.springframework.stereotype.Component;

/// Keeps out of the log what libraries say while a connection is served: they quote paths and headers, and say it as
/// often as a client wants. The client is told by a problem, and the operator by lines of the service.
///
/// Of an error of a library there is a line without its words, with the failure if there was one, through a
/// [BoundedLog]; of all that is less, none. A library whose level is set to debug or below is looked at closely, and
/// says everything. *Thread-safe.*
public final class LibraryLines extends TurboFilter {
  private static final String OURS = "io.lightningdb.";
  private static final String AUDIT = "lightning.audit";
  private static final ScopedValue<Boolean> SERVING = ScopedValue.newInstance();
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LibraryLines.class);

  private final BoundedLog errors = new BoundedLog("errors of libraries");

  /// Looks at lines once it is added to a context.
  LibraryLines() {}

  /// Serves a connection.
  ///
  /// @param work what is done for it, on this thread
  public static void whileServing(Runnable work) {
    ScopedValue.where(SERVING, true).run(work);
  }

  /// Looks at all lines of the process, from the start of the service on.
  @Component
  static final class Installation {
    /// Called by Spring.
    Installation() {
      if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
          && context.getTurboFilterList().stream().noneMatch(LibraryLines.class::isInstance)) {
        context.addTurboFilter(new LibraryLines());
      }
    }
  }

  /// Called before the level of a logger is looked at, and without a text if only that is asked for.
  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String text,
      Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    if (!level.isGreaterOrEqual(Level.INFO)
        || !SERVING.isBound()
        || isOurs(logger.getName())
        || Level.DEBUG.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.NEUTRAL;
    }
    if (level.isGreaterOrEqual(Level.ERROR) && level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      if (text == null) {
        return FilterReply.NEUTRAL;
      }
      String line =
          "A library met an error while a connection was served; its own words are logged at the level debug of "
              + logger.getName();
      errors.add(line, told -> LOG.error(told, failure != null ? failure : failureOf(arguments)));
    }
    return FilterReply.DENY;
  }

  /// Behind the arguments of a text a failure may stand, which is found only when the line is made.
  private static @Nullable Throwable failureOf(Object @Nullable [] arguments) {
    return arguments != null
            && arguments.length > 0
            && arguments[arguments.length - 1] instanceof Throwable failure
        ? failure
        : null;
  }

  private static boolean isOurs(String logger) {
    return logger.startsWith(OURS) || logger.equals(AUDIT);
  }
}
