package io.lightningdb.engine.io;

/// Time as the engine sees it. *Thread-safe.*
///
/// Order never comes from here: it comes from versions.
public interface Clock {

  /// The clock of this machine.
  Clock SYSTEM =
      new Clock() {
        @Override
        public long millis() {
          return System.currentTimeMillis();
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }
      };

  /// Wall-clock time, which may jump forward and back.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z
  long millis();

  /// Time for measuring durations; it never runs backwards.
  ///
  /// @return nanoseconds since an arbitrary moment
  long nanoTime();
}
