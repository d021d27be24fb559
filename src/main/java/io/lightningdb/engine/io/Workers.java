package io.lightningdb.engine.io;

/// Starts the engine's background work. *Thread-safe.*
public interface Workers {

  /// Starts a worker that runs `task` whenever it is woken and, if asked, once in every period.
  ///
  /// Wakes that arrive while the task runs cause one more run. The task never runs twice at the same time.
  ///
  /// @param name the thread's name
  /// @param task the work; it handles its own failures
  /// @param periodNanos longest time between runs, in nanoseconds; 0 to run only when woken
  /// @return the running worker
  Worker start(String name, Runnable task, long periodNanos);

  /// One unit of background work. *Thread-safe.*
  interface Worker extends AutoCloseable {

    /// Asks for a run soon. Must not be called with a lock held that the task takes.
    void wake();

    /// Waits for the run in progress, if any, and starts no other. Closing twice is allowed.
    @Override
    void close();
  }
}
