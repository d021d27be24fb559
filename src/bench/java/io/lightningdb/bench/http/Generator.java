package io.lightningdb.bench.http;

import io.lightningdb.bench.server.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/// Makes load for one server, phase by phase. *Confined to one thread.*
public final class Generator {
  private final int port;
  private final Target target;
  private final long count;
  private final SplittableRandom random;
  private final Exchanges exchanges;

  /// Makes nothing yet.
  ///
  /// @param port of the server, on the loopback address
  /// @param target what it is
  /// @param count entries that it has, or will have when it is filled; a multiple of 1,000
  /// @param seed of values and of the order of requests
  public Generator(int port, Target target, long count, long seed) {
    if (count <= 0 || count % Entries.IMPORT_LINES != 0) {
      throw new IllegalArgumentException(
          "entries must be a multiple of " + Entries.IMPORT_LINES + ", not " + count);
    }
    this.port = port;
    this.target = target;
    this.count = count;
    this.random = new SplittableRandom(seed);
    this.exchanges = new Exchanges(new Entries(seed), count);
  }

  /// Runs a phase.
  ///
  /// @param phase how much
  /// @return what it came to
  /// @throws IOException if the server does not answer, or an answer is wrong
  public Load run(Phase phase) throws IOException {
    LongSupplier numbers =
        switch (phase.order()) {
          case UNIFORM -> () -> random.nextLong(count);
          case ALL -> all(phase.workload().units());
        };
    try {
      return LoadLoop.run(port, phase, exchanges.of(target, phase.workload()), numbers);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private LongSupplier all(int step) {
    return new LongSupplier() {
      private long next;

      @Override
      public long getAsLong() {
        long number = next;
        next += step;
        return number < count ? number : -1;
      }
    };
  }
}
