package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Puts with a moment in a commit, and moments that make no sense.
class ExpiringPutTest {
  private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);
  private static final int STORED_AT =
      CommitWriter.HEADER_BYTES + CommitWriter.OPERATION_OVERHEAD_BYTES + KEY.length;

  private static CommitWriter commit(long expiryMillis, byte[] value) {
    CommitWriter commit = new CommitWriter(64);
    commit.put(7, KEY, value, expiryMillis);
    commit.finish(1);
    return commit;
  }

  @Test
  void theMomentStandsInFrontOfTheValue() {
    CommitWriter commit = commit(123, VALUE);
    CommitReader reader = new CommitReader(commit.bytes(), commit.length());
    assertThat(reader.next()).isTrue();
    assertThat(reader.isPut()).isTrue();
    assertThat(reader.expiryMillis()).isEqualTo(123);
    assertThat(reader.key()).isEqualTo(KEY);
    assertThat(reader.value()).isEqualTo(VALUE);
    assertThat(reader.valueLength()).isEqualTo(VALUE.length);
    assertThat(reader.storedValueLength()).isEqualTo(VALUE.length + ExpiryTime.BYTES);
    assertThat(reader.next()).isFalse();
    assertThat(commit.valueBytesLargest()).isEqualTo(VALUE.length);
  }

  @Test
  void whatNeverExpiresCostsNothing() {
    CommitWriter plain = new CommitWriter(64);
    plain.put(7, KEY, VALUE);
    plain.finish(1);
    assertThat(commit(ExpiryTime.NEVER, VALUE).length()).isEqualTo(plain.length());
    assertThat(commit(1, VALUE).length()).isEqualTo(plain.length() + ExpiryTime.BYTES);
  }

  @Test
  void momentsOutOfRangeAreNoCommit() {
    for (long wrong : new long[] {0, -1, ExpiryTime.MILLIS_MAX + 1, ExpiryTime.NEVER}) {
      CommitWriter commit = commit(1, VALUE);
      LittleEndian.putU64(commit.bytes(), STORED_AT, wrong);
      CommitReader reader = new CommitReader(commit.bytes(), commit.length());
      assertThatThrownBy(reader::next).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aMomentThatIsCutIsNoCommit() {
    CommitWriter commit = commit(1, new byte[0]);
    LittleEndian.putU32(commit.bytes(), CommitWriter.HEADER_BYTES + 8, ExpiryTime.BYTES - 1);
    CommitReader reader = new CommitReader(commit.bytes(), commit.length() - 1);
    assertThatThrownBy(reader::next).isInstanceOf(IllegalArgumentException.class);
  }
}
