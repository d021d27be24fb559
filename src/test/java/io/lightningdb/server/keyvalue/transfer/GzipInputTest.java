package io.lightningdb.server.keyvalue.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.UnreadableBodyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipInputTest {
  private static final int RATIO_MAX = 100;

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(target)) {
      gzip.write(bytes);
    }
    return target.toByteArray();
  }

  private static byte[] gzip(String text) throws IOException {
    return gzip(text.getBytes(US_ASCII));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] read(byte[] gzip) throws IOException {
    try (InputStream in = new GzipInput(new ByteArrayInputStream(gzip), RATIO_MAX)) {
      return in.readAllBytes();
    }
  }

  /// Gives as few bytes at a time as a slow connection does.
  private static InputStream drip(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(1, length));
      }
    };
  }

  /// Everything that a header may have.
  private static byte[] withOptionalParts(byte[] member) {
    byte[] fixed = Arrays.copyOf(member, 10);
    fixed[3] = 1 + 2 + 4 + 8 + 16;
    byte[] head = joined(fixed, new byte[] {3, 0, 7, 7, 7}, "name\0comment\0".getBytes(US_ASCII));
    CRC32 checksum = new CRC32();
    checksum.update(head);
    byte[] sum = {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)};
    return joined(head, sum, Arrays.copyOfRange(member, 10, member.length));
  }

  @Test
  void membersBehindEachOtherAreOneText() throws IOException {
    byte[] three = joined(gzip("a\n"), withOptionalParts(gzip("b\n")), gzip(""), gzip("c\n"));

    assertThat(read(three)).asString(US_ASCII).isEqualTo("a\nb\nc\n");
    assertThat(new GzipInput(drip(three), RATIO_MAX).readAllBytes())
        .asString(US_ASCII)
        .isEqualTo("a\nb\nc\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyByteIsWholeOrRefused(int members) throws IOException {
    byte[] text = new byte[300];
    new Random(members).nextBytes(text);
    byte[] plain = joined(text, "lines\n".repeat(50).getBytes(US_ASCII));
    byte[] body = new byte[0];
    byte[] whole = new byte[0];
    Set<Integer> ends = new HashSet<>();
    for (int i = 0; i < members; i++) {
      byte[] member = gzip(plain);
      body = joined(body, i == 1 ? withOptionalParts(member) : member);
      whole = joined(whole, plain);
      ends.add(body.length);
    }
    int refused = 0;
    for (int i = 0; i < body.length; i++) {
      for (int bits : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
        byte[] damaged = body.clone();
        damaged[i] ^= (byte) bits;
        refused += isRefused(damaged, whole) ? 1 : 0;
      }
      if (!ends.contains(i)) {
        assertThat(isRefused(Arrays.copyOf(body, i), whole)).as("cut at %d", i).isTrue();
      }
      byte[] without = joined(Arrays.copyOf(body, i), Arrays.copyOfRange(body, i + 1, body.length));
      isRefused(without, whole);
    }
    // What tells the time, the system, the name and the like is not part of the text.
    assertThat(refused).isGreaterThan(body.length * 9 * 9 / 10);
  }

  private static boolean isRefused(byte[] damaged, byte[] whole) {
    try {
      assertThat(read(damaged)).isEqualTo(whole);
      return false;
    } catch (IOException | ProblemException refused) {
      assertThat(refused.getMessage()).isNotBlank().doesNotContain("null");
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "\0\0\0\0", "\037", "\037\213", "garbage", "\n"})
  void whatFollowsTheLastMemberIsNotLeftOut(String garbage) throws IOException {
    byte[] body = joined(gzip("a\n"), gzip("b\n"), garbage.getBytes(ISO_8859_1));

    assertThatThrownBy(() -> read(body))
        .isInstanceOf(UnreadableBodyException.class)
        .hasMessageContaining("gzip");
  }

  @Test
  void emptyBodyIsNoGzip() {
    assertThatThrownBy(() -> read(new byte[0])).hasMessageContaining("at least one member");
  }

  @Test
  void bombIsRefusedBeforeItUnfolds() throws IOException {
    byte[] bomb = gzip(new byte[50 << 20]);
    GzipInput in = new GzipInput(new ByteArrayInputStream(bomb), RATIO_MAX);
    long[] taken = new long[1];

    assertThatThrownBy(
            () -> {
              byte[] buffer = new byte[8192];
              for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                taken[0] += n;
              }
            })
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("import-expansion-max");
    assertThat(taken[0]).isLessThanOrEqualTo(100L * bomb.length + (1 << 20));
  }

  @Test
  void gzipWithinGzipCountsFromTheOutside() throws IOException {
    byte[] inner = gzip(new byte[8 << 20]);
    byte[] nested = gzip(inner);
    GzipInput outer = new GzipInput(new ByteArrayInputStream(nested), RATIO_MAX);

    assertThatThrownBy(() -> new GzipInput(outer, RATIO_MAX).readAllBytes())
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void whatIsSmallMayExpandAsItLikes() throws IOException {
    assertThat(read(gzip(new byte[GzipInput.EXPANDED_BYTES_FREE]))).hasSize(1 << 20);
  }

  @Test
  void exportsKeepToTheBoundOfImports() throws IOException {
    byte[] alike = new byte[20 << 20];
    byte[] random = new byte[3 << 20];
    new Random(1).nextBytes(random);
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (GzipOutput out = new GzipOutput(target, RATIO_MAX)) {
      for (int i = 0; i < alike.length; i += 1000) {
        out.write(alike, i, Math.min(1000, alike.length - i));
      }
      out.write(random);
      out.write(alike);
    }

    assertThat(read(target.toByteArray())).isEqualTo(joined(alike, random, alike));
    assertThat(target.size()).isLessThan(random.length + alike.length / 20);
  }
}
