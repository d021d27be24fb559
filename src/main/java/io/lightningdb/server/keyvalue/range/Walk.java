package io.lightningdb.server.keyvalue.range;

/// A list that a client is walking in pages. Immutable; what it reads at is given back when it is closed.
public interface Walk extends AutoCloseable {

  /// What it takes of the heap, beside its snapshot and what it shares with others.
  ///
  /// @return in bytes
  long bytes();

  /// Ends the walk. Closing twice is allowed.
  @Override
  void close();
}
