package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.problem.ProblemException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The envelopes are on disk, so they are compared byte by byte.
class StoredValueTest {

  @ParameterizedTest
  @CsvSource({
    "application/octet-stream, 000a0b",
    "application/json, 010a0b",
    "text/plain;charset=utf-8, 020a0b",
    "text/plain, ff0a746578742f706c61696e0a0b",
    "application/json;v=1, ff146170706c69636174696f6e2f6a736f6e3b763d310a0b",
  })
  void envelopeIsAsDocumented(String contentType, String stored) {
    byte[] value = {10, 11};

    assertThat(new StoredValue(contentType, value).toStored())
        .isEqualTo(HexFormat.of().parseHex(stored));

    StoredValue read = StoredValue.of(HexFormat.of().parseHex(stored));
    assertThat(read.contentType()).isEqualTo(contentType);
    assertThat(read.bytes()).isEqualTo(value);
  }

  @Test
  void spellingOfCodedTypesDoesNotMatter() {
    byte[] stored = new StoredValue("Text/Plain; Charset=UTF-8", new byte[0]).toStored();

    assertThat(stored).containsExactly(2);
  }

  @Test
  void longestEnvelopeIsWithinItsBound() {
    String longest = "a/" + "b".repeat(StoredValue.CONTENT_TYPE_LENGTH_MAX - 2);

    byte[] stored = new StoredValue(longest, new byte[0]).toStored();

    assertThat(stored).hasSize(StoredValue.ENVELOPE_BYTES_MAX);
    assertThat(StoredValue.of(stored).contentType()).isEqualTo(longest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "03", "fe00", "ff", "ff00", "ff0261"})
  void whatIsNoEnvelopeIsRefused(String stored) {
    byte[] bytes = HexFormat.of().parseHex(stored);

    assertThatThrownBy(() -> StoredValue.of(bytes)).isInstanceOf(ProblemException.class);
  }
}
