package io.lightningdb.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownKeyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "a/b c", "<script>alert(1)</script>", "\u00e9\u4e2d\ud83d\ude00"})
  void textIsShownAsItIs(String text) {
    byte[] key = text.getBytes(UTF_8);
    assertThat(ShownKey.of(key)).isEqualTo(new ShownKey(text, null, key.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u0000",
        "\n",
        "\u001b[31m",
        "\u007f",
        "\u202egnp.exe",
        "\u200b",
        "\u2028",
        "\ue000"
      })
  void whatCannotBeSeenIsNotShownAsText(String text) {
    byte[] key = text.getBytes(UTF_8);
    ShownKey shown = ShownKey.of(key);
    assertThat(shown.text()).isNull();
    assertThat(Base64.getUrlDecoder().decode(shown.base64url())).isEqualTo(key);
  }

  @Test
  void bytesThatAreNoTextAreNot() {
    byte[] key = {'a', (byte) 0xff, (byte) 0xc3};
    assertThat(ShownKey.of(key).text()).isNull();
    assertThat(ShownKey.of(new byte[] {(byte) 0xc3}).base64url()).isEqualTo("ww");
  }

  /// Wherever 64 bytes end within a character.
  @ParameterizedTest
  @ValueSource(ints = {60, 61, 62, 63, 64, 65, 4092})
  void longKeysAreCutBetweenCharacters(int before) {
    byte[] key = ("x".repeat(before) + "\ud83d\ude00").getBytes(UTF_8);
    ShownKey shown = ShownKey.of(key);
    assertThat(shown.bytes()).isEqualTo(before + 4);
    String text = Objects.requireNonNull(shown.text());
    assertThat(text).startsWith("x".repeat(Math.min(before, 61)));
    assertThat(text.getBytes(UTF_8).length).isLessThanOrEqualTo(ShownKey.BYTES_MAX);
    assertThat(new String(key, UTF_8)).startsWith(text);
  }

  @Test
  void longBinaryKeysAreCutToo() {
    byte[] key = new byte[4096];
    assertThat(Base64.getUrlDecoder().decode(ShownKey.of(key).base64url()))
        .hasSize(ShownKey.BYTES_MAX);
  }
}
