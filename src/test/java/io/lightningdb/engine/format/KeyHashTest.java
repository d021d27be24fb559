package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The hash of point indexes: what it gives is on disk, and how it spreads keys decides how full a table can be.
class KeyHashTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "a, aa9637495077bfc1",
    "b, 3086d8e6cd3de3c9",
    "ab, 534b89c5d60abba5",
    "12345678, 4b578e2dcaeab2be",
    "123456789, 7efd577afe00d635",
    "bash, cbc738086db8c8d5",
    "user:1, afb3c1db2d9b4584",
    "the quick brown fox jumps over the lazy dog, 8aa48cdbbe9be32a",
    "käse, ffa0c6f78a1ae6a8"
  })
  void theHashNeverChanges(String key, String hash) {
    assertThat(Long.toHexString(KeyHash.of(bytes(key)))).isEqualTo(hash);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 16, 31})
  void aKeyInsideAnArrayHashesLikeItself(int length) {
    byte[] key = Arrays.copyOf(bytes("some key that is long enough for all"), length);
    byte[] around = new byte[length + 20];
    Arrays.fill(around, (byte) 0xA5);
    System.arraycopy(key, 0, around, 3, length);
    assertThat(KeyHash.of(around, 3, length)).isEqualTo(KeyHash.of(key));
  }

  @Test
  void zerosAtTheEndCount() {
    Set<Long> hashes = new HashSet<>();
    for (int length = 1; length <= 64; length++) {
      hashes.add(KeyHash.of(new byte[length]));
    }
    assertThat(hashes).hasSize(64);
  }

  /// Keys that differ little: counters in text and in binary, and a long common prefix.
  @ParameterizedTest
  @ValueSource(strings = {"%d", "%08d", "user:%d:profile", "a long prefix that all keys share %d"})
  void keysThatDifferLittleSpreadEvenly(String pattern) {
    int buckets = 1000;
    int keys = 100 * buckets;
    int[] inBucket = new int[buckets];
    int[] inFingerprint = new int[1 << 16];
    for (int i = 0; i < keys; i++) {
      long hash = KeyHash.of(bytes(pattern.formatted(i)));
      inBucket[(int) RunFormat.bucket(hash, buckets)]++;
      inFingerprint[RunFormat.fingerprint(hash)]++;
    }
    assertThat(chiSquared(inBucket, keys)).isBetween(0.7 * buckets, 1.3 * buckets);
    assertThat(inFingerprint[0]).isZero();
    assertThat(Arrays.stream(inFingerprint).max().orElseThrow()).isLessThan(16);
  }

  /// Near the number of cells where keys fall at random.
  private static double chiSquared(int[] counts, int keys) {
    double expected = (double) keys / counts.length;
    return Arrays.stream(counts)
        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
        .sum();
  }

  @Test
  void bucketsAreInBounds() {
    for (long buckets : new long[] {1, 2, 3, 1000, Integer.MAX_VALUE - 1L}) {
      assertThat(RunFormat.bucket(0, buckets)).isZero();
      assertThat(RunFormat.bucket(-1L, buckets)).isEqualTo(buckets - 1);
    }
  }
}
