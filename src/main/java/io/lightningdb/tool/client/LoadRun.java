package io.lightningdb.tool.client;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Requests of a load, and what became of them. *Thread-safe.*
final class LoadRun {
  private static final String BINARY = "application/octet-stream";

  private final String entries;
  private final WriteOptions write;
  private final double readShare;
  private final long keys;
  private final Body value;

  private final Durations reads = new Durations();
  private final Durations writes = new Durations();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong count = new AtomicLong();
  private final AtomicReference<@Nullable ClientException> firstFailure = new AtomicReference<>();
  private volatile boolean isStopped;

  /// Describes it.
  ///
  /// @param entries path before a key
  /// @param write what writes must survive
  /// @param readShare how many of the requests read, 0 to 1
  /// @param keys how many keys there are
  /// @param valueBytes size of a value
  LoadRun(String entries, WriteOptions write, double readShare, long keys, int valueBytes) {
    this.entries = entries;
    this.write = write;
    this.readShare = readShare;
    this.keys = keys;
    byte[] bytes = new byte[valueBytes];
    new SplittableRandom(valueBytes).nextBytes(bytes);
    this.value = Body.of(bytes);
  }

  /// Sends requests on one connection until its time is over.
  ///
  /// @param service of this thread alone
  /// @param seed what the choice begins with
  /// @param begin when the first is due, by [System#nanoTime]
  /// @param end when the time is over
  /// @param period time from one to the next, in nanoseconds; 0 for as fast as it goes
  void work(Service service, long seed, long begin, long end, long period) {
    SplittableRandom random = new SplittableRandom(seed);
    for (long due = begin; !isStopped && System.nanoTime() < end && due < end; due += period) {
      for (long left = due - System.nanoTime();
          period > 0 && left > 0 && !isStopped;
          left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      send(service, random, period == 0 ? System.nanoTime() : due);
    }
  }

  private void send(Service service, SplittableRandom random, long due) {
    String path = entries + String.format(Locale.ROOT, "load-%08d", random.nextLong(keys));
    boolean reading = random.nextDouble() < readShare;
    try {
      if (reading) {
        read(service, Request.get(path));
      } else {
        service.run(write.addTo(Request.put(path)).body(BINARY, value));
      }
      (reading ? reads : writes).record(System.nanoTime() - due);
      count.incrementAndGet();
    } catch (ClientException e) {
      failures.incrementAndGet();
      firstFailure.compareAndSet(null, e);
      if (e.exitCode() == ClientExit.UNREACHABLE || e.exitCode() == ClientExit.DENIED) {
        stop();
      }
    }
  }

  /// A key that nothing was written to yet is as good as any.
  private static void read(Service service, Request request) throws ClientException {
    try (Answer answer = service.ask(request)) {
      if (answer.status() >= 300 && answer.status() != 404) {
        throw Problems.failure(service, request, answer);
      }
      answer.bytes();
    }
  }

  void stop() {
    isStopped = true;
  }

  Durations reads() {
    return reads;
  }

  Durations writes() {
    return writes;
  }

  long count() {
    return count.get();
  }

  long failures() {
    return failures.get();
  }

  @Nullable ClientException firstFailure() {
    return firstFailure.get();
  }
}
