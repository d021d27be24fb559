package io.lightningdb.server.guard;

import io.lightningdb.engine.io.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A token bucket for each client: it holds so many requests, each request takes one, and so many flow in a second.
/// *Thread-safe.*
///
/// A bucket is one number, the moment at which it will be full again; a request moves it on by the time that one token
/// takes. So a bucket whose moment is past equals a new one, and forgetting it changes nothing: those are what is
/// forgotten where there are too many. While none of them is full, clients that are not known share one bucket, so that
/// no client gains anything by coming from ever new addresses.
final class ClientRates {
  private static final long SWEEP_NANOS = Duration.ofSeconds(1).toNanos();

  private final long nanosPerRequest;
  private final long burstNanos;
  private final int clientsMax;
  private final Clock clock;
  private final long startNanos;
  private final ConcurrentHashMap<String, AtomicLong> fullAt = new ConcurrentHashMap<>();
  private final AtomicLong strangersFullAt = new AtomicLong();
  private final AtomicLong sweptAt = new AtomicLong(-SWEEP_NANOS);

  /// Makes full buckets.
  ///
  /// @param perSecond requests that flow in each second, 1 to 1,000,000
  /// @param burst requests that a full bucket holds, at least 1
  /// @param clientsMax most clients that have a bucket of their own
  /// @param clock tells the time that passes
  ClientRates(int perSecond, int burst, int clientsMax, Clock clock) {
    this.nanosPerRequest = 1_000_000_000L / perSecond;
    this.burstNanos = nanosPerRequest * burst;
    this.clientsMax = clientsMax;
    this.clock = clock;
    this.startNanos = clock.nanoTime();
  }

  /// Takes a token of a client's bucket, if there is one.
  ///
  /// @param client tells it apart from others
  /// @return 0 if there was, else the nanoseconds until there is one
  long take(String client) {
    long now = clock.nanoTime() - startNanos;
    AtomicLong known = fullAt.get(client);
    return take(known == null ? bucketOf(client, now) : known, now);
  }

  private long take(AtomicLong bucket, long now) {
    while (true) {
      long full = bucket.get();
      long next = Math.max(full, now) + nanosPerRequest;
      if (next - now > burstNanos) {
        return next - now - burstNanos;
      }
      if (bucket.compareAndSet(full, next)) {
        return 0;
      }
    }
  }

  private AtomicLong bucketOf(String client, long now) {
    // Several newcomers at once may go over the bound, by no more than there are requests at a
    // time.
    if (fullAt.size() >= clientsMax) {
      forgetFull(now);
    }
    return fullAt.size() >= clientsMax
        ? strangersFullAt
        : fullAt.computeIfAbsent(client, _ -> new AtomicLong());
  }

  /// Looks at all clients, which is too much to do it for each newcomer.
  private void forgetFull(long now) {
    long swept = sweptAt.get();
    if (now - swept < SWEEP_NANOS || !sweptAt.compareAndSet(swept, now)) {
      return;
    }
    Iterator<AtomicLong> buckets = fullAt.values().iterator();
    while (buckets.hasNext()) {
      if (buckets.next().get() <= now) {
        buckets.remove();
      }
    }
  }

  /// Clients that have a bucket of their own.
  ///
  /// @return as of now
  int clients() {
    return fullAt.size();
  }
}
