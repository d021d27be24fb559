package io.lightningdb.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Origins that no browser sends, and those that would open everything, end the start.
class CorsSettingsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://app.example?a",
        "https://app.example#a",
        "https://app. example",
        "https://app.example https://other.example",
        "HTTPS://app.example",
        "https://App.example",
        "https://app.example:443",
        "http://app.example:80",
        "https://app.example:0",
        "https://app.example:65536",
        "https://app.example:",
        "https://user@app.example",
        "ftp://app.example",
        "https://*.example",
        "https://",
        "null",
        "https://app.example,",
        ",https://app.example",
        "*, https://app.example",
        "https://app.example, *",
        "**",
        "[::1]",
        "http://[zz]",
        "http://[:::::1]"
      })
  void wrongOriginsEndTheStart(String origins) {
    assertThatThrownBy(() -> new Cors(origins))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("lightning.cors.allowed-origins")
        .hasMessageContaining("allowed is");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example",
        "http://localhost:3000",
        "https://app.example:8443",
        "http://[::1]:8080",
        "http://192.0.2.1",
        "https://xn--bcher-kva.example"
      })
  void origins(String origin) {
    Cors cors = new Cors(" " + origin + " ,https://other.example");

    assertThat(cors.allows(origin)).isTrue();
    assertThat(cors.allows("https://other.example")).isTrue();
    assertThat(cors.allows(origin + ".example")).isFalse();
    assertThat(cors.allows("")).isFalse();
    assertThatCode(cors::requireNamed).doesNotThrowAnyException();
  }

  @Test
  void noneAndAll() {
    assertThat(new Cors("").isSet()).isFalse();
    assertThat(new Cors(" ").allows("https://app.example")).isFalse();
    assertThat(new Cors("").allows("")).isFalse();
    assertThat(new Cors("*").allows("https://app.example")).isTrue();
    assertThatThrownBy(() -> new Cors("*").requireNamed())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("as long as no credentials are configured");
  }
}
