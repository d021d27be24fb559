package io.lightningdb.engine.run;

import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.ExpiryTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Counts by moment how many entries expire, in bounded memory: when there are too many buckets, each gets twice as
/// wide. *Confined to one thread.*
final class ExpiryHistogram {
  private static final int BUCKETS_MAX = 128;

  // Bucket i holds the moments whose bits above `shift` are `numbers[i]`; ascending.
  private final long[] numbers = new long[BUCKETS_MAX];
  private final long[] counts = new long[BUCKETS_MAX];
  private int buckets;
  private int shift;

  private long entries;
  private long least = ExpiryTime.NEVER;
  private long greatest;

  /// Counts an entry.
  ///
  /// @param expiryMillis when it expires; [ExpiryTime#NEVER] counts for nothing
  void add(long expiryMillis) {
    if (expiryMillis == ExpiryTime.NEVER) {
      return;
    }
    entries++;
    least = Math.min(least, expiryMillis);
    greatest = Math.max(greatest, expiryMillis);
    int place = Arrays.binarySearch(numbers, 0, buckets, expiryMillis >>> shift);
    while (place < 0 && buckets == BUCKETS_MAX) {
      widen();
      place = Arrays.binarySearch(numbers, 0, buckets, expiryMillis >>> shift);
    }
    if (place < 0) {
      place = -1 - place;
      insert(place, expiryMillis >>> shift);
    }
    counts[place]++;
  }

  private void insert(int place, long number) {
    System.arraycopy(numbers, place, numbers, place + 1, buckets - place);
    System.arraycopy(counts, place, counts, place + 1, buckets - place);
    numbers[place] = number;
    counts[place] = 0;
    buckets++;
  }

  private void widen() {
    shift++;
    int kept = 0;
    for (int i = 0; i < buckets; i++) {
      long number = numbers[i] >>> 1;
      if (kept > 0 && numbers[kept - 1] == number) {
        counts[kept - 1] += counts[i];
      } else {
        numbers[kept] = number;
        counts[kept] = counts[i];
        kept++;
      }
    }
    buckets = kept;
  }

  /// What was counted.
  ///
  /// @return it depends on the moments only, not on their order
  ExpirySummary summary() {
    if (entries == 0) {
      return ExpirySummary.NONE;
    }
    int parts = ExpirySummary.POINTS - 1;
    List<Long> points = new ArrayList<>();
    points.add(least);
    long passed = 0;
    int bucket = 0;
    for (int part = 1; part < parts; part++) {
      long wanted = entries / parts * part + (entries % parts * part + parts - 1) / parts;
      while (passed < wanted) {
        passed += counts[bucket++];
      }
      long end = ((numbers[bucket - 1] + 1) << shift) - 1;
      points.add(Math.min(end, greatest));
    }
    points.add(greatest);
    return new ExpirySummary(entries, points);
  }
}
