package io.lightningdb.bench.store;

/// An ordered map from keys to values on disk. *Thread-safe.*
public interface Store extends AutoCloseable {
  /// What one thread works with.
  ///
  /// @return a session, used and closed by the calling thread only
  Session session();

  /// Brings what was written into the form that the store would give it if it were left alone, and waits for it. Measured by
  /// nobody: reads are to be compared, not the moment at which they begin.
  void settle();

  @Override
  void close();
}
