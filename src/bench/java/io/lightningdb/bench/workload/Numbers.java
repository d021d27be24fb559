package io.lightningdb.bench.workload;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.apache.commons.rng.sampling.distribution.RejectionInversionZipfSampler;

/// Sequences of numbers of keys. Each is seeded, and the same for every store.
final class Numbers {
  /// The skew that YCSB uses.
  private static final double ZIPF_EXPONENT = 0.99;

  private static final int ZIPF_DRAWS = 1 << 20;

  private Numbers() {}

  /// Every number below a bound, equally often.
  static LongSupplier uniform(long seed, long bound) {
    SplittableRandom random = new SplittableRandom(seed);
    return () -> random.nextLong(bound);
  }

  /// Numbers below a bound, the small ones far more often: 0 in every 15th draw of a million. Since keys are random, the hot ones
  /// lie scattered. A million draws are made beforehand, for they would cost as much as a read, and then repeated.
  static LongSupplier zipfian(long seed, long bound) {
    SplittableRandom random = new SplittableRandom(seed);
    var sampler =
        RejectionInversionZipfSampler.of(random::nextLong, Math.toIntExact(bound), ZIPF_EXPONENT);
    int[] draws = new int[ZIPF_DRAWS];
    for (int i = 0; i < draws.length; i++) {
      draws[i] = sampler.sample() - 1;
    }
    return new LongSupplier() {
      private int next;

      @Override
      public long getAsLong() {
        return draws[next++ & (ZIPF_DRAWS - 1)];
      }
    };
  }
}
