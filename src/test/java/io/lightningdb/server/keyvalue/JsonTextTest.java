package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Allocations;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

class JsonTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "1.10",
        "1e5",
        "-0.0",
        "123456789012345678901234567890",
        "true",
        "false",
        "null",
        "\"\"",
        "\"é🔑\"",
        "\"\\u00e9\\ud800\"",
        "{}",
        "[]",
        "{\"a\":[1,{\"b\":\"]\"}]}",
        "[ 1 , 2 ]",
        "{ \"ü\" : \"}\" }",
      })
  void valuesAreCutOutAsTheyAreSpelt(String value) {
    for (String space : new String[] {"", " ", "\n\t "}) {
      byte[] json =
          ("{\"ö\":1," + space + "\"v\"" + space + ":" + space + value + space + ",\"z\":2}")
              .getBytes(StandardCharsets.UTF_8);
      assertThat(JsonText.fault(json)).isEmpty();
      try (JsonParser parser = JsonText.parser(json)) {
        while (!"v".equals(parser.currentName())
            || parser.currentToken() == JsonToken.PROPERTY_NAME) {
          parser.nextToken();
        }
        byte[] slice = JsonText.slice(parser, json);
        assertThat(new String(slice, StandardCharsets.UTF_8)).isEqualTo(value);
        assertThat(parser.nextToken()).isEqualTo(JsonToken.PROPERTY_NAME);
        assertThat(parser.currentName()).isEqualTo("z");
      }
    }
  }

  @Test
  void aLargeStringIsCheckedWithoutBeingHeldAsText() throws Exception {
    byte[] large = ("\"" + "é\\n".repeat(1_000_000) + "\"").getBytes(StandardCharsets.UTF_8);
    assertThat(JsonText.fault("\"é\"".getBytes(StandardCharsets.UTF_8))).isEmpty();

    long allocated = Allocations.during(() -> assertThat(JsonText.fault(large)).isEmpty());

    assertThat(allocated).isLessThan(large.length / 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\\x\"", "\"a\nb\"", "\"open", "\"\\", "[\"\\u12\"]", "\"a\"b"})
  void aStringThatIsNoneIsAFaultAlthoughItIsNotRead(String json) {
    assertThat(JsonText.fault(json.getBytes(StandardCharsets.UTF_8))).isPresent();
  }

  @Test
  void valueLargerThanEveryBufferIsEmbeddedAsItIs() {
    byte[] large = ("\"" + "é".repeat(100_000) + "\"").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(target)) {
      json.writeStartArray();
      json.writeRawValue(new RawJson("[1.0]".getBytes(StandardCharsets.UTF_8)));
      json.writeRawValue(new RawJson(large));
      json.writeEndArray();
    }

    assertThat(target.toString(StandardCharsets.UTF_8))
        .isEqualTo("[[1.0]," + new String(large, StandardCharsets.UTF_8) + "]");
  }
}
