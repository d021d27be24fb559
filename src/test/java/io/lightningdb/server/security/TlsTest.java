package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS with certificates that are read again when they change, and certificates of clients.
class TlsTest {
  private static Certificate first;
  private static Certificate second;
  private static Certificate client;

  @TempDir Path directory;

  private String token;

  /// Once for all tests, which change none of them: each takes a JVM of its own.
  @BeforeAll
  static void makeCertificates(@TempDir Path made) throws IOException, GeneralSecurityException {
    first = Certificate.make(made, "first");
    second = Certificate.make(made, "second");
    client = Certificate.make(made, "client");
  }

  @BeforeEach
  void installCertificates() throws IOException, GeneralSecurityException {
    token = StartedService.tokenIn(directory.resolve("data"));
    install(first);
    Files.writeString(directory.resolve("ca.crt"), client.certificatePem());
  }

  private void install(Certificate certificate) throws IOException, GeneralSecurityException {
    Files.writeString(directory.resolve("tls.key"), certificate.keyPem());
    Files.writeString(directory.resolve("tls.crt"), certificate.certificatePem());
  }

  /// As the documented settings have it.
  private StartedService start(String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    String pem = "--spring.ssl.bundle.pem.server.";
    settings.add(pem + "reload-on-update=true");
    settings.add(pem + "keystore.certificate=" + directory.resolve("tls.crt"));
    settings.add(pem + "keystore.private-key=" + directory.resolve("tls.key"));
    settings.add("--spring.ssl.bundle.watch.file.quiet-period=100ms");
    settings.add("--server.ssl.bundle=server");
    return StartedService.start(directory.resolve("data"), settings.toArray(String[]::new));
  }

  private HttpClient client(@Nullable Certificate own)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("first", first.certificate());
    trusted.setCertificateEntry("second", second.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManager[] keys = own == null ? new KeyManager[0] : own.keys().getKeyManagers();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return HttpClient.newBuilder()
        .sslContext(context)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  private HttpResponse<String> get(int port, @Nullable Certificate own)
      throws GeneralSecurityException, IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/limits"))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(10))
            .build();
    try (HttpClient client = client(own)) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private X509Certificate served(int port) throws Exception {
    HttpResponse<String> answer = get(port, null);
    assertThat(answer.statusCode()).isEqualTo(200);
    return (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
  }

  @Test
  void aChangedCertificateIsServedWithoutARestart() throws Exception {
    try (StartedService service = start()) {
      assertThat(served(service.port())).isEqualTo(first.certificate());
      assertThat(get(service.port(), null).headers().firstValue("Strict-Transport-Security"))
          .hasValueSatisfying(
              value -> assertThat(value).contains("max-age=").doesNotContain("includeSubDomains"));

      install(second);

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(served(service.port())).isEqualTo(second.certificate()));
    }
  }

  @Test
  void aCertificateThatCannotBeReadLeavesTheOldOneInForce() throws Exception {
    try (StartedService service = start()) {
      Files.writeString(directory.resolve("tls.crt"), "no certificate");
      assertThat(served(service.port())).isEqualTo(first.certificate());

      install(second);

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(served(service.port())).isEqualTo(second.certificate()));
    }
  }

  private String management(StartedService service, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + service.port() + path))
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(10))
            .build();
    try (HttpClient client = client(null)) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  @Test
  void aKeyThatDoesNotFitLeavesTheOldOneInForceAndIsTold() throws Exception {
    try (StartedService service = start()) {
      assertThat(management(service, "/actuator/health/tls")).contains("\"UP\"", "secondsLeft");
      assertThat(management(service, "/actuator/prometheus"))
          .containsPattern("lightning_tls_certificate_remaining_seconds 1[67]\\d{4}\\.")
          .contains("lightning_tls_reload_refused 0");

      Files.writeString(directory.resolve("tls.crt"), second.certificatePem());

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(management(service, "/actuator/health/tls"))
                  .contains("\"DOWN\"", "the private key does not belong to the certificate"));
      assertThat(management(service, "/actuator/prometheus"))
          .contains("lightning_tls_reload_refused 1");
      assertThat(served(service.port())).isEqualTo(first.certificate());

      install(second);

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(served(service.port())).isEqualTo(second.certificate()));
      assertThat(management(service, "/actuator/health/tls")).contains("\"UP\"");
    }
  }

  @Test
  void aKeyThatDoesNotFitStopsTheStart() throws Exception {
    Files.writeString(directory.resolve("tls.crt"), second.certificatePem());

    assertThatThrownBy(() -> start().close())
        .hasStackTraceContaining("the private key does not belong to the certificate");
  }

  @Test
  void clientsWithoutACertificateAreRefusedWhereOneIsNeeded() throws Exception {
    try (StartedService service =
        start(
            "--server.ssl.client-auth=need",
            "--spring.ssl.bundle.pem.server.truststore.certificate=" + directory.resolve("ca.crt"),
            "--management.server.port=0",
            "--management.server.ssl.enabled=false",
            "--management.server.address=127.0.0.1")) {
      assertThat(get(service.port(), client).statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get(service.port(), null)).isInstanceOf(IOException.class);
      // A certificate of somebody who is not trusted.
      assertThatThrownBy(() -> get(service.port(), second)).isInstanceOf(IOException.class);
      // Probes have none, and need none where they ask.
      service.at(service.managementPort()).get("/actuator/health/readiness").then().statusCode(200);
    }
  }

  @Test
  void plainHttpIsNotServedBesides() {
    try (StartedService service = start()) {
      service.with(token).get("/v1/limits").then().statusCode(400);
    }
  }
}
