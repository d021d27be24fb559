package io.lightningdb.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.WriteBatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/actuator/compaction` while a merge is under way, which a limit of bytes per second makes long enough to look at.
class CompactionTest {
  private static final int ENTRIES = 300;

  private OwnService service;

  @BeforeEach
  void start(@TempDir Path directory) {
    service =
        OwnService.start(
            directory,
            "--lightning.compaction.bytes-per-second-max=1MB",
            "--lightning.memtable.bytes-max=16MB",
            "--lightning.run.file-bytes-target=64KB");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private JsonNode compaction() {
    return JsonMapper.shared()
        .readTree(
            service.api().get("/actuator/compaction").then().statusCode(200).extract().asString());
  }

  private static JsonNode merged(JsonNode compaction) {
    return compaction
        .path("keyspaces")
        .valueStream()
        .filter(each -> each.path("name").asString().equals("merged"))
        .findFirst()
        .orElseThrow();
  }

  /// Makes two rows whose files do not end at the same keys.
  private Keyspace filled() {
    Keyspace keyspace = service.database().keyspace("merged", KeyspaceOptions.defaults());
    fill(keyspace, "a", 10_000);
    fill(keyspace, "b", 3_300);
    return keyspace;
  }

  private void fill(Keyspace keyspace, String suffix, int valueBytes) {
    Random random = new Random(valueBytes);
    byte[] value = new byte[valueBytes];
    for (int i = 0; i < ENTRIES; i++) {
      random.nextBytes(value);
      byte[] key = "key-%06d-%s".formatted(i, suffix).getBytes(UTF_8);
      service.database().write(new WriteBatch().put(keyspace, key, value), Durability.LOGGED);
    }
    keyspace.flush();
  }

  @Test
  void aMergeUnderWayAndWhatItHasTakenOverAreShown() throws InterruptedException {
    Keyspace keyspace = filled();
    Thread merge = Thread.ofPlatform().start(() -> compactUntilClosed(keyspace));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> merged(compaction()).path("deadBytes").asLong() > 0);
    JsonNode shown = merged(compaction());

    assertThat(shown.path("compactionsRunning").asInt()).isEqualTo(1);
    assertThat(shown.path("runBytes").asLong())
        .isEqualTo(
            shown.path("deadBytes").asLong()
                + shown
                    .path("levels")
                    .valueStream()
                    .mapToLong(l -> l.path("bytes").asLong())
                    .sum());
    String metrics = service.api().accept("text/plain").get("/actuator/prometheus").asString();
    assertThat(metrics).contains("lightning_compactions_running 1.0\n");
    assertThat(metrics.lines())
        .anyMatch(line ->
            line.matches(
                "lightning_written_wait_seconds_sum\\{priority=\"top-level\"} 0*[.1-9].*"));
    service.close();
    merge.join(Duration.ofSeconds(20));
    assertThat(merge.isAlive()).isFalse();
  }

  private static void compactUntilClosed(Keyspace keyspace) {
    try {
      keyspace.compact();
    } catch (EngineException.Closed _) {
      // The test has seen enough.
    }
  }
}
