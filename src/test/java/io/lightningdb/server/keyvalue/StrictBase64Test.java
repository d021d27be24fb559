package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictBase64Test {

  @Test
  void whatEncodersMakeIsRead() {
    Random random = new Random(1);
    for (int length = 0; length < 20; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      Base64.Encoder encoder = Base64.getEncoder();
      Base64.Encoder url = Base64.getUrlEncoder();
      assertThat(StrictBase64.ofBase64(encoder.encodeToString(bytes))).isEqualTo(bytes);
      assertThat(StrictBase64.ofBase64(encoder.withoutPadding().encodeToString(bytes)))
          .isEqualTo(bytes);
      assertThat(StrictBase64.ofBase64Url(url.withoutPadding().encodeToString(bytes)))
          .isEqualTo(bytes);
      byte[] within =
          ("\"" + encoder.encodeToString(bytes) + "\"").getBytes(StandardCharsets.US_ASCII);
      assertThat(StrictBase64.ofBase64(within, 1, within.length - 1)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"AB==", "AB", "AAB=", "AAB", "AAAAAB==", "A", "A=", "AA=A", "AA AA", "\u00E9"})
  void whatNoneMakesIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> StrictBase64.ofBase64(text));
    assertThatIllegalArgumentException().isThrownBy(() -> StrictBase64.ofBase64Url(text));
  }
}
