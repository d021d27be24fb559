package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lightningdb.server.settings.InvalidSettingException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

/// The service does not start with settings by which tokens for others count.
@ExtendWith(OutputCaptureExtension.class)
class JwtTrustTest {
  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

  private static MockEnvironment settings(String names) {
    MockEnvironment settings = new MockEnvironment();
    for (String name : names.split(" ", -1)) {
      settings.setProperty(JWT + name, "https://id.example");
    }
    return settings;
  }

  @ParameterizedTest
  @CsvSource({
    "jwk-set-uri, issuer-uri",
    "jwk-set-uri audiences, issuer-uri",
    "jwk-set-uri issuer-uri, audiences",
    "issuer-uri, audiences",
    "public-key-location, issuer-uri",
    "public-key-location audiences, issuer-uri",
    "public-key-location issuer-uri, audiences",
  })
  void issuerAndAudienceAreBothNeeded(String set, String missing) {
    assertThatThrownBy(() -> JwtTrust.check(settings(set)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(JWT + missing);
  }

  @ParameterizedTest
  @CsvSource({
    "jwk-set-uri issuer-uri audiences",
    "issuer-uri audiences[0]",
    "public-key-location issuer-uri audiences",
    "audiences",
    "none",
  })
  void settingsThatSayBothAreTakenAndThoseWithoutAProvider(String set) {
    assertThatCode(() -> JwtTrust.check(settings(set))).doesNotThrowAnyException();
  }

  @Test
  void noAudienceMayBeBlank() {
    MockEnvironment settings = settings("jwk-set-uri issuer-uri audiences[0]");
    settings.setProperty(JWT + "audiences[1]", " ");

    assertThatThrownBy(() -> JwtTrust.check(settings))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(JWT + "audiences");
  }

  @Test
  void theStartSaysWhatIsMissing(@TempDir Path directory, CapturedOutput output) {
    assertThat(
            catchThrowable(() ->
                StartedService.start(directory, "--" + JWT + "jwk-set-uri=http://127.0.0.1:1/keys")
                    .close()))
        .isNotNull();
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains(JWT + "issuer-uri")
        .doesNotContain("\tat ");
    assertThat(directory).isEmptyDirectory();
  }
}
