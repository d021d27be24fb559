package io.lightningdb.engine.history;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// How keys, lists, registers and amounts are written as bytes. Values get padding, so that memtables fill.
final class Contents {
  private static final int PADDING_BYTES_MAX = 300;

  private Contents() {}

  static byte[] key(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  static byte[] list(List<Long> elements, SplittableRandom random) {
    int padding = random.nextInt(PADDING_BYTES_MAX);
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + elements.size() * Long.BYTES + padding);
    bytes.putInt(elements.size());
    elements.forEach(bytes::putLong);
    return bytes.array();
  }

  static List<Long> list(byte @Nullable [] value) {
    List<Long> elements = new ArrayList<>();
    if (value != null) {
      ByteBuffer bytes = ByteBuffer.wrap(value);
      int size = bytes.getInt();
      for (int i = 0; i < size; i++) {
        elements.add(bytes.getLong());
      }
    }
    return elements;
  }

  static byte[] number(long number, SplittableRandom random) {
    return ByteBuffer.allocate(Long.BYTES + random.nextInt(PADDING_BYTES_MAX))
        .putLong(number)
        .array();
  }

  static long number(byte @Nullable [] value) {
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }
}
