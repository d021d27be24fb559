package io.lightningdb.document;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.OwnService;
import io.lightningdb.server.RawConnection;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// What happens to a server that asks for no token, while it runs. Each scene is made for real; most by a disk, background work or
/// clients that behave as the page says.
final class OpenScenes {
  private static final Duration SOON = Duration.ofSeconds(30);
  static final String UP = "a server is up";

  private static final int CONNECTIONS_MAX = 64;
  private static final int VALUE_BYTES = 60 << 10;
  private static final String ENTRIES = "/v1/keyspaces/default/entries/";

  private final Stage stage;
  private final List<RawConnection> connections = new ArrayList<>();

  OpenScenes(Stage stage) {
    this.stage = stage;
  }

  Map<String, Scene> all() {
    return Map.ofEntries(
        Map.entry(UP, this::isUp),
        Map.entry("a sync of the log fails", this::syncFails),
        Map.entry("the disk works again", () -> trouble().mendSyncs()),
        Map.entry("the volume is nearly full", this::volumeIsNearlyFull),
        Map.entry("the volume was enlarged", this::volumeWasEnlarged),
        Map.entry("writes come faster than they are flushed", this::writesAreFast),
        Map.entry("flushes have caught up", this::flushesHaveCaughtUp),
        Map.entry("clients hold as many connections as there may be", this::connectionsAreHeld),
        Map.entry("the client with the leak was stopped", this::connectionsAreLeft),
        Map.entry("the place for backups was lost", this::backupsAreLost),
        Map.entry("the place for backups works again", this::backupsAreBack),
        Map.entry("a block of a run file is damaged", this::aBlockIsDamaged),
        Map.entry("the server is stopped", stage::stop),
        Map.entry("the server is started", this::isUp),
        Map.entry("no backup has the damaged file", this::noBackupHasTheFile),
        Map.entry("a file is damaged, and the server does not start", this::doesNotStart),
        Map.entry("the directory was mended, and the server started", this::isMended),
        Map.entry("a sample of the data is at hand", this::sampleIsAtHand),
        Map.entry("all is well", this::backUpAnew),
        Map.entry("a newer version wrote the directory, and the server is stopped", this::isNewer),
        Map.entry("the version that wrote it is started", this::isMended),
        Map.entry("the server is started in the new place", this::isUpElsewhere),
        Map.entry(
            "data were deleted by mistake, and the server was stopped", this::dataWereDeleted));
  }

  private OwnService service() {
    return stage.service();
  }

  private OwnService.Trouble trouble() {
    return service().trouble();
  }

  private Keyspace keyspace() {
    return service().database().keyspace("default");
  }

  /// With limits that are low enough to be reached in a moment.
  void isUp() throws IOException {
    if (!stage.isUp()) {
      stage.start(
          stage.data(),
          "--lightning.disk.reserve-bytes=32MB",
          "--lightning.run.file-bytes-target=2MB",
          "--lightning.memtable.bytes-max=1MB",
          "--lightning.memtable.frozen-max=1",
          "--lightning.write-wait-max=20ms",
          "--lightning.limits.value-bytes-max=64KB",
          "--lightning.limits.batch-bytes-max=1MB",
          "--lightning.connections.open-max=" + CONNECTIONS_MAX,
          "--lightning.memory.budget=32MB",
          "--lightning.requests.per-client-per-second-max=5",
          "--lightning.requests.per-client-burst=60",
          "--lightning.backup.directory=" + stage.mounted("backups"),
          "--lightning.backup.scratch-directory=" + stage.mounted("scratch"),
          "--lightning.backup.archive-interval=1s");
      assertThat(service().api().body("hello").put(ENTRIES + "greeting").statusCode())
          .isIn(200, 201);
    }
    service().api().delete(ENTRIES + "runbook-check");
  }

  private static byte[] value(SplittableRandom random) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    return value;
  }

  /// Waits where flushes are behind.
  private static void put(Keyspace keyspace, String key, byte[] value) {
    await()
        .pollDelay(Duration.ZERO)
        .atMost(SOON)
        .ignoreExceptionsMatching(EngineException.Overloaded.class::isInstance)
        .until(() -> keyspace.put(key.getBytes(UTF_8), value, Durability.LOGGED) > 0);
  }

  private Response put() {
    return service().api().body("x").put(ENTRIES + "of-a-scene");
  }

  private void syncFails() {
    trouble().failSyncs("Input/output error");
    put().then().statusCode(503);
  }

  private Path foreign() {
    return stage.folder().resolve("not-of-the-database");
  }

  private void volumeIsNearlyFull() throws IOException {
    keyspace().flush();
    if (stage.isVolume()) {
      byte[] zeros = new byte[1 << 20];
      try (OutputStream out = Files.newOutputStream(foreign())) {
        while (stage.folder().toFile().getUsableSpace() > 8 << 20) {
          out.write(zeros);
        }
      }
    } else {
      trouble().usableBytes(8 << 20);
    }
    await().atMost(SOON).until(() -> service().database().stats().disk().reserveReached());
  }

  private void volumeWasEnlarged() throws IOException {
    Files.deleteIfExists(foreign());
    trouble().usableBytes(-1);
    await().atMost(SOON).until(() -> !service().database().stats().disk().reserveReached());
  }

  private void writesAreFast() {
    trouble().restWorkers();
    SplittableRandom random = new SplittableRandom(2);
    int status = 202;
    for (int i = 0; i < 1000 && status != 503; i++) {
      status =
          service()
              .api()
              .header("Lightning-Durability", "logged")
              .body(value(random))
              .put(ENTRIES + "fast-" + i)
              .statusCode();
    }
    assertThat(status).isEqualTo(503);
  }

  private void flushesHaveCaughtUp() {
    trouble().wakeWorkers();
    await()
        .atMost(SOON)
        .until(() ->
            service().database().stats().flushBacklog() == 0
                && service().database().stats().compactionBacklog() == 0);
  }

  private void connectionsAreHeld() throws IOException {
    for (int i = 0; i < 2 * CONNECTIONS_MAX; i++) {
      connections.add(RawConnection.to(service().port()));
    }
    await()
        .atMost(SOON)
        .until(() -> service().meter("lightning.connections.closed", "reason", "idle") > 0);
  }

  private void connectionsAreLeft() throws IOException {
    for (RawConnection each : connections) {
      each.close();
    }
    connections.clear();
    await().atMost(SOON).until(() -> service().meter("lightning.connections.open") == 0);
  }

  private void backupsAreLost() throws IOException {
    Path place = stage.mounted("backups");
    end(operation("{\"kind\":\"backup\",\"type\":\"full\"}"), "succeeded");
    Files.move(place, stage.mounted("moved"));
    Files.writeString(place, "");
    end(operation("{\"kind\":\"backup\",\"type\":\"full\"}"), "failed");
  }

  private void backupsAreBack() throws IOException {
    Path place = stage.mounted("backups");
    Files.delete(place);
    Files.move(stage.mounted("moved"), place);
    await().atMost(SOON).until(() -> service().meter("lightning.archive.failed") == 0);
  }

  /// In a keyspace whose file a backup has, and the log no longer.
  private void aBlockIsDamaged() throws IOException {
    service()
        .api()
        .contentType("application/json")
        .body("{\"compression\":\"none\",\"durability\":\"logged\"}")
        .put("/v1/keyspaces/packages")
        .then()
        .statusCode(201);
    Keyspace packages = service().database().keyspace("packages");
    for (int i = 0; i < 200; i++) {
      String value = "<<%03d>>".formatted(i) + "0123456789abcdef".repeat(64);
      put(packages, "p%03d".formatted(i), value.getBytes(UTF_8));
    }
    packages.flush();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 160; i++) {
      put(keyspace(), "later", value(random));
    }
    keyspace().flush();
    end(operation("{\"kind\":\"backup\",\"type\":\"full\"}"), "succeeded");
    flip(stage.data());
    service().api().get("/v1/keyspaces/packages/entries/p150").then().statusCode(500);
    Files.createDirectories(stage.mounted("healthy"));
  }

  private static void flip(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().startsWith("run-")).toList()) {
        int place = new String(Files.readAllBytes(file), ISO_8859_1).indexOf("<<150>>");
        if (place >= 0) {
          try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(place);
            bytes.write('X');
            return;
          }
        }
      }
    }
    throw new AssertionError("no run holds it");
  }

  private void noBackupHasTheFile() throws IOException {
    flip(stage.mounted("healthy").resolve("data"));
  }

  private void doesNotStart() throws IOException {
    for (int i = 0; i < 100; i++) {
      put(keyspace(), "crash-" + i, new byte[100]);
    }
    stage.stop();
    if (Files.exists(stage.mounted("healthy"))) {
      Files.move(stage.mounted("healthy"), stage.mounted("healthy-before"));
    }
    Files.createDirectory(stage.mounted("healthy"));
    keepManifest();
    try (RandomAccessFile bytes =
        new RandomAccessFile(stage.data().resolve("MANIFEST").toFile(), "rw")) {
      bytes.seek(40);
      int before = bytes.read();
      bytes.seek(40);
      bytes.write(before ^ 1);
    }
    assertThatThrownBy(this::isUp).isNotNull();
  }

  private void keepManifest() throws IOException {
    Files.copy(
        stage.data().resolve("MANIFEST"),
        stage.mounted("MANIFEST"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void isNewer() throws IOException {
    stage.stop();
    keepManifest();
    Path manifest = stage.data().resolve("MANIFEST");
    Files.write(manifest, NewerFormat.manifest(Files.readAllBytes(manifest)));
  }

  private void isUpElsewhere() {
    stage.start(stage.mounted("new").resolve("data"));
  }

  private void sampleIsAtHand() throws IOException {
    Files.copy(Path.of("src/examples/products.ndjson"), stage.folder().resolve("sample.ndjson"));
  }

  private void isMended() throws IOException {
    Files.move(
        stage.mounted("MANIFEST"),
        stage.data().resolve("MANIFEST"),
        StandardCopyOption.REPLACE_EXISTING);
    isUp();
  }

  private void dataWereDeleted() throws IOException {
    backUpAnew();
    Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    stage.isKnown("2025-06-01T12:29:00Z", before.toString());
    await().atMost(SOON).until(() -> Instant.now().isAfter(before.plusMillis(1)));
    service().api().delete(ENTRIES + "greeting").then().statusCode(204);
    stage.stop();
  }

  /// So that there is one backup, which was verified.
  private void backUpAnew() {
    end(operation("{\"kind\":\"backup\",\"type\":\"full\"}"), "succeeded");
    List<String> ids =
        service().api().get("/v1/admin/backups").jsonPath().getList("backups.id", String.class);
    for (String id : ids.subList(0, ids.size() - 1)) {
      service().api().delete("/v1/admin/backups/" + id).then().statusCode(204);
    }
    end(operation("{\"kind\":\"restore-check\"}"), "succeeded");
  }

  private String operation(String body) {
    return service()
        .api()
        .contentType("application/json")
        .body(body)
        .post("/v1/admin/operations")
        .header("Location");
  }

  private void end(String operation, String state) {
    await()
        .atMost(SOON)
        .until(
            () -> service().api().get(operation).jsonPath().getString("state"),
            found -> !found.equals("running"));
    assertThat(service().api().get(operation).jsonPath().getString("state")).isEqualTo(state);
  }
}
