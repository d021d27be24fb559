package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.token.TokenText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

/// Without credentials the service stays on the loopback address.
@ExtendWith(OutputCaptureExtension.class)
class ListenAddressTest {
  @TempDir Path directory;

  private Path data() {
    return directory.resolve("data");
  }

  private static String[] arguments(Path data, String... more) {
    String[] all = new String[2 + more.length];
    all[0] = "--server.port=0";
    all[1] = "--lightning.data-directory=" + data;
    System.arraycopy(more, 0, all, 2, more.length);
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--server.address=0.0.0.0",
        "--server.address=::",
        "--server.address=192.0.2.1",
        "--server.address=",
        "--management.server.port=0",
        "--management.server.port=0 --management.server.address=0.0.0.0"
      })
  void othersAreNotLetIn(String settings, CapturedOutput output) {
    Throwable failure =
        catchThrowable(() ->
            SpringApplication.run(
                    LightningDbApplication.class, arguments(data(), settings.split(" ", -1)))
                .close());

    assertThat(failure).isNotNull();
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("no credentials are configured: everybody could read and change all data")
        .contains("token create")
        .contains("lightning.security.admin-token-hash")
        .contains("spring.security.oauth2.resourceserver.jwt.issuer-uri")
        .doesNotContain("\tat ");
    assertThat(data()).doesNotExist();
  }

  @Test
  void onTheLoopbackAddressTheLogSaysThatNobodyIsAsked(CapturedOutput output) {
    try (StartedService service =
        StartedService.start(
            data(), "--management.server.port=0", "--management.server.address=localhost")) {
      service.nobody().get("/v1/limits").then().statusCode(200);
      // A token means nothing here, and does no harm.
      service.with("whatever").get("/v1/limits").then().statusCode(200);
      service.at(service.managementPort()).get("/actuator/prometheus").then().statusCode(200);
    }
    assertThat(
            output
                .toString()
                .lines()
                .filter(line -> line.contains("No credentials are configured")))
        .hasSize(1);
    assertThat(output).doesNotContain("generated security password");
  }

  @Test
  void anEmptyFileOfTokensIsNotNothing() throws IOException {
    StartedService.tokenIn(data());
    String file = "lightningdb-tokens 1 " + HexFormat.of().formatHex(TokenText.sha256("")) + "\n";
    Files.writeString(data().resolve("TOKENS"), file);
    try (StartedService service = StartedService.start(data())) {
      service.nobody().get("/v1/limits").then().statusCode(401);
    }
  }

  @Test
  void damagedTokensStopTheStart(CapturedOutput output) throws IOException {
    StartedService.tokenIn(data());
    Path file = data().resolve("TOKENS");
    Files.writeString(file, Files.readString(file) + "x");

    assertThat(catchThrowable(() -> StartedService.start(data()).close())).isNotNull();

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("TOKENS")
        .contains("runbook \"tokens\"");
  }

  @Test
  void aHashThatIsNoneStopsTheStartAndIsNotShown(CapturedOutput output) {
    assertThat(
            catchThrowable(() ->
                StartedService.start(
                        data(), "--lightning.security.admin-token-hash=the-token-itself")
                    .close()))
        .isNotNull();
    assertThat(output)
        .contains("lightning.security.admin-token-hash")
        .contains("64 hexadecimal digits")
        .doesNotContain("the-token-itself");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.1.2.3, true",
    "localhost, true",
    "::1, true",
    "0.0.0.0, false",
    "::, false",
    "10.0.0.1, false",
    "'', false"
  })
  void loopbackAddresses(String address, boolean loopback) {
    assertThat(ListenAddress.isLoopback(address)).isEqualTo(loopback);
  }

  @ParameterizedTest
  @CsvSource({
    "lightning.security.admin-token-hash, 00, true",
    "lightning.security.admin-token-hash, '', false",
    "spring.security.oauth2.resourceserver.jwt.issuer-uri, https://id.example, true",
    "spring.security.oauth2.resourceserver.jwt.jwk-set-uri, https://id.example, true",
    "spring.security.oauth2.resourceserver.jwt.public-key-location, file:key.pem, true",
    "spring.security.oauth2.resourceserver.jwt.audiences, x, false"
  })
  void credentialsAreWhatTellsClientsApart(String name, String value, boolean configured) {
    MockEnvironment environment = new MockEnvironment().withProperty(name, value);
    assertThat(Credentials.areConfigured(environment, data())).isEqualTo(configured);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, server.ssl.enabled, true, true",
    "0.0.0.0, server.ssl.bundle, b, false",
    "0.0.0.0, server.ssl.key-store, k.p12, false",
    "0.0.0.0, server.ssl.certificate, c.pem, false",
    "127.0.0.1, server.ssl.bundle, '', false",
    "'', server.ssl.bundle, '', true"
  })
  void tokensAreSafeOnTheirWayWithTlsOrOnThisMachine(
      String address, String name, String value, boolean read) {
    MockEnvironment environment =
        new MockEnvironment().withProperty("server.address", address).withProperty(name, value);
    assertThat(ListenAddress.isReadOnTheWay(environment)).isEqualTo(read);
  }
}
