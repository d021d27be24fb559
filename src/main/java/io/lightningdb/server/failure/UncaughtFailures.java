package io.lightningdb.server.failure;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the failures that end threads. *Thread-safe.*
///
/// After an [OutOfMemoryError], of the heap, of direct memory or of threads, no part of the process is certain to be
/// whole: a library may have lost a connection, a lock or a thread on the way. What was acknowledged is in the log, so
/// the process ends at once and says why; the next start recovers. The JVM has a switch that does the same
/// (`-XX:+ExitOnOutOfMemoryError`); it does not see direct memory, and not everybody sets it.
///
/// Another failure ends one thread. That of a request is gone with its request; a platform thread was there for a
/// purpose that nothing serves from then on, so it is remembered, and health is down until the process is started
/// again.
public final class UncaughtFailures implements Thread.UncaughtExceptionHandler {
  /// The exit code of a process that has exhausted its memory, the one that the JVM has for it.
  public static final int EXIT_OUT_OF_MEMORY = 3;

  // Made beforehand: what has no memory left says at least this.
  private static final byte[] EXHAUSTED =
      "Lightning DB ends because memory is exhausted.\n".getBytes(StandardCharsets.US_ASCII);

  private static final int LOST_MAX = 16;
  private static final int CAUSES_MAX = 32;

  private final Ending ending;
  private final PrintStream errors;

  // Guarded by itself.
  private final List<LostThread> lost = new ArrayList<>();

  /// Ends the process, at once and without doing anything before.
  @FunctionalInterface
  public interface Ending {
    /// Does not return, except in tests.
    ///
    /// @param exitCode of the process
    void end(int exitCode);
  }

  /// A platform thread that has died.
  ///
  /// @param name its name
  /// @param failure what ended it
  /// @param at when
  public record LostThread(String name, String failure, Instant at) {}

  /// Takes failures. To be installed by [Thread#setDefaultUncaughtExceptionHandler].
  ///
  /// @param ending ends the process
  /// @param errors gets the cause of that
  public UncaughtFailures(Ending ending, PrintStream errors) {
    this.ending = ending;
    this.errors = errors;
  }

  /// The handler of this process.
  ///
  /// @return empty where none was installed, as in a test
  public static Optional<UncaughtFailures> installed() {
    return Thread.getDefaultUncaughtExceptionHandler() instanceof UncaughtFailures found
        ? Optional.of(found)
        : Optional.empty();
  }

  /// Ends the process of this thread if a failure that was caught says that memory is exhausted.
  ///
  /// @param failure anything caught
  public static void endIfOutOfMemory(Throwable failure) {
    OutOfMemoryError exhaustion = exhaustion(failure);
    if (exhaustion != null) {
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, exhaustion);
    }
  }

  /// The exhaustion of memory that is behind a failure.
  ///
  /// @param failure anything thrown
  /// @return it or one of its causes; empty if memory is not exhausted
  public static Optional<OutOfMemoryError> outOfMemory(Throwable failure) {
    return Optional.ofNullable(exhaustion(failure));
  }

  /// As [#outOfMemory], without a single allocation: there may be nothing left.
  private static @Nullable OutOfMemoryError exhaustion(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      if (cause instanceof OutOfMemoryError found) {
        return found;
      }
      cause = cause.getCause();
    }
    return null;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    if (exhaustion(failure) != null) {
      end(thread, failure);
      return;
    }
    try {
      remember(thread, failure);
    } catch (OutOfMemoryError e) {
      end(thread, e);
    }
  }

  private void end(Thread thread, Throwable failure) {
    try {
      errors.write(EXHAUSTED, 0, EXHAUSTED.length);
      errors.println("Thread " + thread.getName() + " found that out: " + failure);
      failure.printStackTrace(errors);
      errors.flush();
    } finally {
      // Whatever came of the message: there may be no memory for it.
      ending.end(EXIT_OUT_OF_MEMORY);
    }
  }

  private void remember(Thread thread, Throwable failure) {
    // Looked up here and not when this class is loaded: commands have no log, and load none.
    Logger log = LoggerFactory.getLogger(UncaughtFailures.class);
    if (thread.isVirtual()) {
      log.error("Thread {} ended unexpectedly", thread.getName(), failure);
      return;
    }
    log.error(
        "Thread {} ended unexpectedly; what it was there for is not done any more, and health is down until the service is started again",
        thread.getName(),
        failure);
    synchronized (lost) {
      if (lost.size() < LOST_MAX) {
        lost.add(new LostThread(thread.getName(), failure.toString(), Instant.now()));
      }
    }
  }

  /// The platform threads that have died of a failure.
  ///
  /// @return the first of them, in the order in which they died
  public List<LostThread> lost() {
    synchronized (lost) {
      return List.copyOf(lost);
    }
  }
}
