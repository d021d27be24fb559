package io.lightningdb.tool.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/// Ctrl-C and SIGTERM while a command runs: it is told, closes its connection, removes what it has half written and
/// says how far it came, before the process ends with the exit code of the signal, 130 or 143.
public final class Signals {
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int TICK_MILLIS = 20;

  private Signals() {}

  /// Runs a command, on a virtual thread: an interrupt ends what such a thread waits for at a socket, which nothing
  /// else does while the JDK reads the body of an answer.
  ///
  /// @param session it runs in
  /// @param command what to run; its thread is interrupted by a signal
  /// @return its exit code
  public static int heeding(Session session, IntSupplier command) {
    AtomicInteger exitCode = new AtomicInteger(ClientExit.FAILED);
    Thread thread =
        Thread.ofVirtual().name("command").unstarted(() -> exitCode.set(command.getAsInt()));
    Thread hook =
        Thread.ofPlatform()
            .name("lightningdb-signals")
            .unstarted(() -> end(session, thread, PATIENCE_MILLIS));
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The signal came first: the process has no command to run any more.
      return ClientExit.INTERRUPTED;
    }
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return ClientExit.INTERRUPTED;
    }
    return exitCode.get();
  }

  /// Ends the command, and waits until it is ended, but not while it reads standard input: no signal ends that, and
  /// nothing is half done there.
  ///
  /// @param command its thread
  /// @param patienceMillis longest wait
  static void end(Session session, Thread command, long patienceMillis) {
    if (!command.isAlive()) {
      return;
    }
    session.cancel();
    command.interrupt();
    try {
      for (long left = patienceMillis; left > 0 && !session.isReading(); left -= TICK_MILLIS) {
        if (command.join(Duration.ofMillis(TICK_MILLIS))) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
