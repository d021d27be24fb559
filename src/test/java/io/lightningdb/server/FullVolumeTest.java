package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DiskStats;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.format.FileFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real volume, of memory, that a foreign file fills to the last byte. Mounting it takes the rights of root.
class FullVolumeTest {
  private static final int ENTRIES = 20_000;
  private static final String[] SETTINGS = {
    "--lightning.run.file-bytes-target=2MB", "--lightning.disk.reserve-bytes=16MB"
  };

  @TempDir Path directory;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    mounted = run(List.of("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", directory.toString()));
    assumeTrue(mounted, "a tmpfs cannot be mounted here: this test needs the rights of root");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run(List.of("umount", directory.toString()))).isTrue();
    }
  }

  private static boolean run(List<String> command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  private Path foreign() {
    return directory.resolve("foreign");
  }

  private void fill() throws IOException {
    byte[] zeros = new byte[4096];
    try (OutputStream out = Files.newOutputStream(foreign())) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException _) {
      assertThat(directory.toFile().getUsableSpace()).isZero();
    }
  }

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(StandardCharsets.UTF_8);
  }

  private static String path(int number) {
    return "/v1/keyspaces/default/entries/key-%08d".formatted(number);
  }

  private static int put(OwnService service, int number) {
    return service.api().body(new byte[10]).put(path(number)).statusCode();
  }

  private static void awaitPuts(OwnService service) {
    await().atMost(Duration.ofSeconds(90)).until(() -> put(service, ENTRIES) < 300);
  }

  private static void awaitBallast(Database database) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          DiskStats disk = database.stats().disk();
          return disk.ballastBytes() == disk.ballastBytesWanted();
        });
  }

  @Test
  void deletionsGiveSpaceBackAndAStartServesReads() throws Exception {
    try (OwnService service = OwnService.start(data(), SETTINGS)) {
      Keyspace keyspace = service.database().keyspace("default");
      SplittableRandom random = new SplittableRandom(7);
      for (int number = 0; number < ENTRIES; number++) {
        byte[] value = new byte[1000];
        random.nextBytes(value);
        keyspace.put(key(number), value, Durability.LOGGED);
      }
      assertThat(service.api().body(new byte[1000]).put(path(20)).statusCode()).isEqualTo(200);
      awaitBallast(service.database());
      fill();
      await().atMost(Duration.ofSeconds(10)).until(() -> put(service, 0) == 507);

      assertThat(service.api().delete(path(0)).statusCode()).isEqualTo(204);
      for (int number = 1; number < ENTRIES; number++) {
        if (number % 20 != 0) {
          keyspace.delete(key(number), Durability.LOGGED);
        }
      }
      awaitPuts(service);

      assertThat(service.database().writeFailure()).isEmpty();
      assertThat(keyspace.get(key(40))).hasSize(1000);
      assertThat(keyspace.get(key(21))).isNull();
      awaitBallast(service.database());
      fill();
    }
    // What the end has given back, and what is held.
    Files.deleteIfExists(data().resolve(FileFormat.BALLAST));
    Files.delete(foreign());
    fill();
    try (OwnService service = OwnService.start(data(), SETTINGS)) {
      assertThat(service.api().get(path(20)).statusCode()).isEqualTo(200);
      assertThat(service.api().get(path(21)).statusCode()).isEqualTo(404);
      assertThat(put(service, 21)).isEqualTo(503);
      assertThat(service.api().get("/actuator/health/log").asString())
          .contains("DOWN", "No space left on device");

      Files.delete(foreign());
      awaitPuts(service);
      assertThat(service.database().writeFailure()).isEmpty();
      assertThat(service.api().get(path(20)).statusCode()).isEqualTo(200);
    }
  }
}
