package io.lightningdb.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// A service that cannot start says why and what to do, in a paragraph.
@ExtendWith(OutputCaptureExtension.class)
class StartTest {
  private static final DatabaseOptions SMALL =
      DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100));

  @TempDir Path directory;

  private static void startWith(String... settings) {
    String[] arguments =
        Stream.concat(Stream.of("--server.port=0"), Stream.of(settings)).toArray(String[]::new);
    Throwable failure =
        catchThrowable(
            () -> SpringApplication.run(LightningDbApplication.class, arguments).close());
    assertThat(failure).isNotNull();
  }

  @Test
  void unknownSettingStopsTheStart(CapturedOutput output) {
    startWith(
        "--lightning.limits.value-byte-max=1MB",
        "--lightning.data-directory=" + directory.resolve("new"));

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("There is no setting lightning.limits.value-byte-max")
        .contains("The nearest one is lightning.limits.value-bytes-max.")
        .doesNotContain("\tat ");
    assertThat(directory.resolve("new")).doesNotExist();
  }

  @Test
  void badValueStopsTheStart(CapturedOutput output) {
    startWith(
        "--lightning.limits.value-bytes-max=17MB",
        "--lightning.data-directory=" + directory.resolve("new"));

    assertThat(output)
        .contains(
            "The setting lightning.limits.value-bytes-max is \"17MB\"; allowed is 1B to 16MB.")
        .doesNotContain("\tat ");
    assertThat(directory.resolve("new")).doesNotExist();
  }

  @Test
  void misspeltWordsStopTheStartAndTheNearestOneIsNamed(CapturedOutput output) {
    String elsewhere = "--lightning.data-directory=" + directory.resolve("new");
    startWith("--lightning.preset=low-memroy", elsewhere);
    startWith("--lightning.keyspace-defaults.point-index=hsh", elsewhere);

    assertThat(output)
        .contains(
            "The setting lightning.preset is \"low-memroy\"; allowed is balanced, read-heavy, write-heavy,"
                + " low-memory, time-series, max-durability; the nearest one is low-memory.")
        .contains(
            "The setting lightning.keyspace-defaults.point-index is \"hsh\"; allowed is hash, none;"
                + " the nearest one is hash.")
        .doesNotContain("\tat ");
    assertThat(directory.resolve("new")).doesNotExist();
  }

  @Test
  void valueThatIsNoSizeStopsTheStart(CapturedOutput output) {
    startWith("--lightning.limits.value-bytes-max=much");

    assertThat(output)
        .contains("lightning.limits.value-bytes-max")
        .contains("much")
        .doesNotContain("\tat ");
  }

  @Test
  void directoryInUseStopsTheStart(CapturedOutput output) {
    try (Database database = Database.open(directory, SMALL)) {
      assertThat(database.visibleVersion()).isZero();
      startWith("--lightning.data-directory=" + directory);
    }

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("is in use by the process with pid " + ProcessHandle.current().pid())
        .contains("lightning.data-directory")
        .as("before the beans")
        .doesNotContain("A budget of", "Tomcat")
        .doesNotContain("\tat ");
  }

  private static FailureAnalysis analysisOf(Throwable failure) {
    FailureAnalysis analysis =
        new StartFailureAnalyzer().analyze(new IllegalStateException("wrapped", failure));
    assertThat(analysis).isNotNull();
    return Objects.requireNonNull(analysis);
  }

  @Test
  void damageIsToldWithFileAndOffset() throws IOException {
    try (Database database = Database.open(directory, SMALL)) {
      database.keyspace("default").put(new byte[] {1}, new byte[] {2});
    }
    Path manifest;
    try (Stream<Path> files = Files.list(directory)) {
      manifest =
          files
              .filter(file -> file.getFileName().toString().equals("MANIFEST"))
              .findFirst()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(manifest, bytes);

    FailureAnalysis analysis =
        analysisOf(catchThrowable(() -> Database.open(directory, SMALL).close()));

    assertThat(analysis.getDescription())
        .contains(manifest.getFileName().toString())
        .contains("offset");
    assertThat(analysis.getAction()).contains("Nothing was changed").contains("verify");
  }

  @Test
  void directoryThatCannotBeUsedIsTold() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");

    FailureAnalysis analysis =
        analysisOf(catchThrowable(() -> Database.open(file.resolve("data"), SMALL).close()));

    assertThat(analysis.getDescription()).contains(file.toString());
    assertThat(analysis.getAction()).contains("lightning.data-directory");
  }

  @Test
  void otherFailuresAreLeftToSpring() {
    assertThat(new StartFailureAnalyzer().analyze(new IllegalStateException("x"))).isNull();
  }
}
