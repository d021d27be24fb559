package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockCodecTest {

  private static byte[] text(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ("a block like others ".charAt(i % 20) + (random.nextInt(9) == 0 ? 1 : 0));
    }
    return bytes;
  }

  private static byte[] compressed(BlockCodec codec, byte[] bytes) {
    byte[] target = new byte[BlockCodec.compressedBytesMax(bytes.length)];
    int length = codec.compress(bytes, bytes.length, target);
    return length < 0 ? new byte[0] : Arrays.copyOf(target, length);
  }

  private static byte @Nullable [] restored(BlockCodec codec, byte[] stored, int length) {
    return codec.decompress(MemorySegment.ofArray(stored), 0, stored.length, length);
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void whatWasCompressedIsRestored(BlockCodec codec) {
    Random random = new Random(1);
    for (int length : new int[] {100, 512, 4096, 70_000, 1 << 20}) {
      byte[] bytes = text(random, length);

      byte[] stored = compressed(codec, bytes);

      assertThat(stored).hasSizeBetween(1, length - 1);
      assertThat(restored(codec, stored, length)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatDoesNotShrinkIsNotCompressed(BlockCodec codec) {
    for (int length : new int[] {0, 1, 4096, 1 << 20}) {
      byte[] bytes = new byte[length];
      new Random(1).nextBytes(bytes);

      assertThat(compressed(codec, bytes)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void anotherLengthIsNoAnswer(BlockCodec codec) {
    byte[] stored = compressed(codec, text(new Random(1), 4096));

    assertThat(restored(codec, stored, 4095)).isNull();
    assertThat(restored(codec, stored, 4097)).isNull();
    assertThat(restored(codec, Arrays.copyOf(stored, stored.length - 1), 4096)).isNull();
  }

  /// Checksums keep such bytes away from the codec. If one did not, it must not take the process with it.
  @ParameterizedTest
  @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
  void damageIsSurvived(BlockCodec codec) {
    long seed = Seeds.one();
    Random random = new Random(seed);
    byte[] whole = compressed(codec, text(random, 4096));
    int refused = 0;
    for (int i = 0; i < 5000; i++) {
      byte[] stored = whole.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        stored[random.nextInt(stored.length)] ^= (byte) (1 + random.nextInt(255));
      }
      byte[] answer = restored(codec, stored, 4096);
      refused += answer == null ? 1 : 0;
      assertThat(answer == null || answer.length == 4096).isTrue();
    }
    Seeds.print(BlockCodecTest.class, seed, codec + " refused " + refused + " of 5000");
    assertThat(refused).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void aCodecIsFoundByItsCode(BlockCodec codec) {
    BlockCodec found = Objects.requireNonNull(BlockCodec.ofCode(codec.code()));

    assertThat(found.code()).isEqualTo(codec.code());
    assertThat(BlockCodec.ofCode(3)).isNull();
    assertThat(BlockCodec.ofCode(255)).isNull();
  }
}
