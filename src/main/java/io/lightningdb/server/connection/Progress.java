package io.lightningdb.server.connection;

import java.util.concurrent.TimeUnit;

/// How fast a client sends or takes, counted over the time that the service waits for it: what the service needs
/// between two waits, or longer than it wanted to wait, is not the client's. *Confined to one thread.*
final class Progress {
  private final long spanNanos;
  private final long bytesMin;
  private long waitedNanos;
  private long bytes;
  private long allNanos;
  private long allBytes;

  /// Begins to count.
  ///
  /// @param bounds the least rate, and the time over which it is looked at
  Progress(ConnectionBounds bounds) {
    this.spanNanos = bounds.slowAfter().toNanos();
    this.bytesMin = bounds.bytesMin();
  }

  /// How long to wait until the rate is looked at.
  ///
  /// @return in nanoseconds, more than 0
  long leftNanos() {
    return Math.max(TimeUnit.MILLISECONDS.toNanos(1), spanNanos - waitedNanos);
  }

  /// Counts a wait. One that took longer than it should have was that long because the service was not given a
  /// processor in time, or was stopped.
  ///
  /// @param askedNanos how long it should have taken at most
  /// @param tookNanos how long it took
  /// @param moved bytes that came or went
  /// @return false if too little came or went in the span that ends with it
  boolean add(long askedNanos, long tookNanos, long moved) {
    long nanos = Math.min(askedNanos, tookNanos);
    allNanos += nanos;
    allBytes += moved;
    waitedNanos += nanos;
    bytes += moved;
    if (waitedNanos < spanNanos) {
      return true;
    }
    boolean enough = bytes >= bytesMin;
    waitedNanos = 0;
    bytes = 0;
    return enough;
  }

  /// Tells whether the client has been waited for long enough to know its rate, and is slower than it may be now.
  ///
  /// @param bytesPerSecond least rate
  /// @return false if too little time was waited
  boolean isSlowerThan(long bytesPerSecond) {
    return allNanos >= spanNanos
        && allBytes < bytesPerSecond * TimeUnit.NANOSECONDS.toSeconds(allNanos);
  }
}
