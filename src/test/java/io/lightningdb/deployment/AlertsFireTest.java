package io.lightningdb.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.testkit.ChildProcess;
import io.lightningdb.server.security.Certificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A real Prometheus reads a real service each second and judges it by the rules of the chart; real faults make alerts fire, and their
/// mending ends them. Rules are taken as they are but for `for`, which is left out: how long an alert waits is tried by
/// [AlertRulesTest].
@Tag("prometheus")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AlertsFireTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);
  private static final long GIB = 1L << 30;

  private Path folder;

  private Path backups;
  private Certificate lasting;
  private Certificate ending;
  private HttpClient client;
  private int port;
  private int prometheusPort;
  private ChildProcess service;
  private Process prometheus;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    this.folder = folder;
    Tool.need("prometheus");
    Tool.need("prlimit");
    Tool.need("fallocate");
    backups = folder.resolve("backups");
    lasting = Certificate.make(folder, "lasting", "-1d", 60);
    ending = Certificate.make(folder, "ending", "-1d", 3);
    install(lasting);
    Files.writeString(folder.resolve("ca.crt"), lasting.certificatePem() + ending.certificatePem());
    client = client();
    port = freePort();
    prometheusPort = freePort();
    startService();
    long freeBytes = Files.getFileStore(folder).getUsableSpace();
    writeRules(
        "diskFreeBytesMin: %d, backupAgeSecondsMax: 15, snapshotAgeSecondsMax: 2"
            .formatted(freeBytes - GIB));
    startPrometheus();
  }

  @AfterAll
  void stop() throws IOException {
    if (prometheus != null) {
      prometheus.destroy();
    }
    if (service != null) {
      service.close();
    }
    if (client != null) {
      client.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void install(Certificate certificate) throws IOException, GeneralSecurityException {
    Files.writeString(folder.resolve("tls.key"), certificate.keyPem());
    Files.writeString(folder.resolve("tls.crt"), certificate.certificatePem());
  }

  private HttpClient client() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("lasting", lasting.certificate());
    trusted.setCertificateEntry("ending", ending.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private void startService() throws IOException {
    String pem = "--spring.ssl.bundle.pem.server.";
    service =
        ChildProcess.startUnder(
            List.of(),
            "256m",
            LightningDbApplication.class,
            List.of(
                "--server.port=" + port,
                "--lightning.data-directory=" + folder.resolve("data"),
                "--lightning.backup.directory=" + backups,
                "--lightning.backup.archive-interval=1s",
                pem + "reload-on-update=true",
                pem + "keystore.certificate=" + folder.resolve("tls.crt"),
                pem + "keystore.private-key=" + folder.resolve("tls.key"),
                "--spring.ssl.bundle.watch.file.quiet-period=100ms",
                "--server.ssl.bundle=server",
                "--logging.level.root=error"));
    await().atMost(WAIT_MAX).ignoreExceptions().until(() -> send("GET", "/v1/limits", "") == 200);
  }

  private void writeRules(String values) throws IOException {
    JsonNode spec = AlertRules.rendered(values).path("spec");
    spec.path("groups")
        .forEach(group -> group.path("rules").forEach(rule -> ((ObjectNode) rule).remove("for")));
    Files.writeString(folder.resolve("rules.yaml"), JSON.writeValueAsString(spec));
  }

  private void startPrometheus() throws IOException {
    Files.writeString(
        folder.resolve("prometheus.yaml"),
        JSON.writeValueAsString(
            Map.of(
                "global",
                Map.of("scrape_interval", "1s", "evaluation_interval", "1s"),
                "rule_files",
                List.of("rules.yaml"),
                "scrape_configs",
                List.of(
                    Map.of(
                        "job_name",
                        "demo-lightningdb",
                        "metrics_path",
                        "/actuator/prometheus",
                        "scheme",
                        "https",
                        "tls_config",
                        Map.of("ca_file", "ca.crt"),
                        "static_configs",
                        List.of(
                            Map.of(
                                "targets",
                                List.of("127.0.0.1:" + port),
                                "labels",
                                Map.of("namespace", "prod"))))))));
    prometheus =
        new ProcessBuilder(
                "prometheus",
                "--config.file=prometheus.yaml",
                "--storage.tsdb.path=series",
                "--web.listen-address=127.0.0.1:" + prometheusPort)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    await()
        .atMost(WAIT_MAX)
        .ignoreExceptions()
        .until(() -> !query("up{job=\"demo-lightningdb\"} == 1").isEmpty());
  }

  /// What Prometheus finds.
  private JsonNode query(String expression) throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:"
                + prometheusPort
                + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    HttpResponse<String> answer =
        client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(answer.body()).at("/data/result");
  }

  private Set<String> firing() throws IOException, InterruptedException {
    Set<String> names = new TreeSet<>();
    query("ALERTS{alertstate=\"firing\"}")
        .forEach(each -> names.add(each.at("/metric/alertname").asString()));
    return names;
  }

  private void fires(String alert) {
    await(alert + " fires")
        .atMost(WAIT_MAX)
        .untilAsserted(() -> assertThat(firing()).contains(alert));
  }

  private void ends(String alert) {
    await(alert + " ends")
        .atMost(WAIT_MAX)
        .untilAsserted(() -> assertThat(firing()).doesNotContain(alert));
  }

  private int send(String method, String path, String json)
      throws IOException, InterruptedException {
    return answer(method, path, json).statusCode();
  }

  private HttpResponse<String> answer(String method, String path, String json)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                json.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void limit(String... limits) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("prlimit", "--pid", "" + service.pid()));
    command.addAll(List.of(limits));
    Tool.Said said = Tool.run(folder, command);
    assertThat(said.exitCode()).as(said.out()).isZero();
  }

  /// Makes a full backup and waits for its end.
  private String backup() throws IOException, InterruptedException {
    HttpResponse<String> begun =
        answer("POST", "/v1/admin/operations", "{\"kind\":\"backup\",\"type\":\"full\"}");
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    String path = "/v1/admin/operations/" + JSON.readTree(begun.body()).path("id").asString();
    await()
        .atMost(WAIT_MAX)
        .until(() ->
            !JSON.readTree(answer("GET", path, "").body())
                .path("state")
                .asString()
                .equals("running"));
    return JSON.readTree(answer("GET", path, "").body()).path("state").asString();
  }

  @Test
  void backupsThatAreMissingOldOrFail() throws Exception {
    fires("LightningDbBackupMissing");
    assertThat(backup()).isEqualTo("succeeded");
    ends("LightningDbBackupMissing");
    fires("LightningDbBackupOld");
    assertThat(backup()).isEqualTo("succeeded");
    ends("LightningDbBackupOld");

    Path away = folder.resolve("away");
    Files.move(backups, away);
    Files.writeString(backups, "in the way");
    assertThat(backup()).isEqualTo("failed");
    fires("LightningDbBackupFailing");
    assertThat(send("PUT", "/v1/keyspaces/default/entries/to-archive", "1")).isLessThan(300);
    fires("LightningDbArchiveFailing");

    Files.delete(backups);
    Files.move(away, backups);
    ends("LightningDbArchiveFailing");
    assertThat(backup()).isEqualTo("succeeded");
    ends("LightningDbBackupFailing");
  }

  @Test
  void aModeThatRefusesWrites() throws Exception {
    assertThat(send("PUT", "/v1/admin/mode", "{\"mode\":\"read-only\",\"reason\":\"a trial\"}"))
        .isEqualTo(200);
    fires("LightningDbModeNotReadWrite");
    assertThat(send("PUT", "/v1/admin/mode", "{\"mode\":\"read-write\"}")).isEqualTo(200);
    ends("LightningDbModeNotReadWrite");
  }

  @Test
  void aSnapshotThatStaysOpen() throws Exception {
    HttpResponse<String> begun = answer("POST", "/v1/transactions", "{}");
    assertThat(begun.statusCode()).isEqualTo(201);
    String transaction = JSON.readTree(begun.body()).path("id").asString();
    fires("LightningDbSnapshotOld");
    assertThat(send("DELETE", "/v1/transactions/" + transaction, "")).isEqualTo(204);
    ends("LightningDbSnapshotOld");
  }

  @Test
  void aVolumeThatFills() throws Exception {
    Path large = folder.resolve("large");
    Tool.Said said = Tool.run(folder, List.of("fallocate", "-l", "2GiB", large.toString()));
    assertThat(said.exitCode()).as(said.out()).isZero();
    fires("LightningDbDiskLow");
    Files.delete(large);
    ends("LightningDbDiskLow");
  }

  @Test
  void certificatesThatEndOrAreRefused() throws Exception {
    install(ending);
    fires("LightningDbCertificateExpiring");
    Files.writeString(folder.resolve("tls.crt"), "no certificate");
    fires("LightningDbCertificateRefused");
    install(lasting);
    ends("LightningDbCertificateRefused");
    ends("LightningDbCertificateExpiring");
  }

  @Test
  void descriptorsThatRunOut() throws Exception {
    long open = query("process_files_open_files").path(0).path("value").path(1).asLong();
    limit("--nofile=" + (open + open / 20) + ":");
    fires("LightningDbDescriptorsLow");
    limit("--nofile=" + open * 10 + ":");
    ends("LightningDbDescriptorsLow");
  }

  @Test
  void aDiskThatFails() throws Exception {
    limit("--fsize=1:");
    assertThat(send("PUT", "/v1/keyspaces/default/entries/a", "1")).isEqualTo(503);
    fires("LightningDbWritesRefused");
    limit("--fsize=unlimited:");
    assertThat(send("POST", "/v1/admin/resume", "")).isEqualTo(200);
    ends("LightningDbWritesRefused");
  }

  @Test
  void aServiceThatDies() throws Exception {
    service.close();
    fires("LightningDbDown");
    startService();
    ends("LightningDbDown");
  }
}
