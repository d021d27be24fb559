package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bytes as people read them.
class TextTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void printableTextIsQuoted() {
    assertThat(Text.of(bytes("käse 鍵 🔑"))).isEqualTo("\"käse 鍵 🔑\"");
    assertThat(Text.of(bytes(""))).isEqualTo("\"\"");
    assertThat(Text.of(bytes("a\"b\\c\nd\te\r"))).isEqualTo("\"a\\\"b\\\\c\\nd\\te\\r\"");
    assertThat(Text.of(bytes("0x41"))).isEqualTo("\"0x41\"");
  }

  /// A terminal would obey, hide or reorder these: escape, delete, a zero, a joiner, a right-to-left override, a line
  /// separator, a private character, and one that does not exist yet.
  @ParameterizedTest
  @ValueSource(
      strings = {"\u001b[31m", "\u007f", "\0", "\u200d", "\u202e", "\u2028", "\ue000", "\u0378"})
  void whatATerminalWouldObeyIsHexadecimal(String text) {
    byte[] bytes = bytes("a" + text);
    assertThat(Text.of(bytes)).isEqualTo("0x" + HexFormat.of().formatHex(bytes));
  }

  @Test
  void whatIsNoTextIsHexadecimal() {
    assertThat(Text.of(new byte[] {(byte) 0xC3})).isEqualTo("0xc3");
    assertThat(Text.of(new byte[] {'a', (byte) 0xFF})).isEqualTo("0x61ff");
  }

  @Test
  void rangesSayWhetherTheirEndBelongsToThem() {
    assertThat(Text.of(KeyRange.ALL)).isEqualTo("from \"\" to the end");
    assertThat(Text.of(new KeyRange(bytes("a"), bytes("b")))).isEqualTo("from \"a\" up to \"b\"");
    assertThat(Text.of(new KeyRange(bytes("a"), bytes("b\0"))))
        .isEqualTo("from \"a\" through \"b\"");
    assertThat(Text.of(new KeyRange(bytes("a"), new byte[0]))).isEqualTo("from \"a\" up to \"\"");
  }
}
