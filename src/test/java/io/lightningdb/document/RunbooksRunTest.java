package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runbooks work: each command of each page is typed in the situation that the page is for, and what it prints is what the page shows. Here
/// those of a server that is up, all beside the same one; [StoppedRunbooksTest] has the others.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunbooksRunTest {
  /// Each leaves the server as the next expects it: sound and up.
  static final List<String> ORDER =
      List.of(
          "storage-failure.md",
          "disk-full.md",
          "writes-are-slow.md",
          "connections.md",
          "backup-failing.md",
          "read-only.md",
          "scrub-overdue.md",
          "server-errors.md",
          "snapshots.md",
          "descriptors.md",
          "out-of-memory.md",
          "overloaded.md",
          "volume-resize.md",
          "capacity-planning.md",
          "routine-week.md");

  /// Commands for Kubernetes, for a bucket and for the machine's own hardware, by page.
  private static final Map<String, Long> NOT_RUN =
      Map.of(
          "certificates.md", 1L,
          "corruption-found.md", 1L,
          "moving-to-another-cluster.md", 3L,
          "out-of-memory.md", 3L,
          "restore-to-a-point-in-time.md", 1L,
          "upgrade-and-rollback.md", 3L,
          "volume-resize.md", 5L);

  private final Map<String, Scene> scenes = new TreeMap<>();
  private Stage stage;

  @BeforeAll
  void raiseTheCurtain(@TempDir Path parent) throws IOException {
    stage = new Stage(parent, true);
    scenes.putAll(new OpenScenes(stage).all());
    scenes.putAll(new PressureScenes(stage).all());
  }

  @AfterAll
  void close() {
    stage.close();
  }

  static Stream<Runbook> pages() {
    return pages(ORDER);
  }

  static Stream<Runbook> pages(List<String> names) {
    return names.stream().map(name -> Runbook.of(Runbook.FOLDER.resolve(name)));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void whatAPageShowsIsWhatHappens(Runbook page) throws Exception {
    Objects.requireNonNull(scenes.get(OpenScenes.UP)).play();
    Reading.of(page, stage, scenes);
  }

  @Test
  void everyPageIsRun() {
    assertThat(
            Stream.of(ORDER, StoppedRunbooksTest.STOPPED, StoppedRunbooksTest.SECURED)
                .flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(
            Runbook.all().stream().map(Runbook::toString).toList());
  }

  /// A command in a block without `$` would be neither run nor counted.
  @Test
  void everyBlockBeginsWithACommand() throws IOException {
    for (Runbook page : Runbook.all()) {
      assertThat(Runbook.unmarked(Files.readAllLines(page.file()))).as(page.toString()).isEmpty();
    }
  }

  @Test
  void whatIsNotRunIsKnown() {
    Map<String, Long> notRun = new TreeMap<>();
    long run = 0;
    for (Runbook page : Runbook.all()) {
      long count = page.commands().stream().filter(command -> !command.notRun().isEmpty()).count();
      run += page.commands().size() - count;
      if (count > 0) {
        notRun.put(page.toString(), count);
      }
    }
    assertThat(notRun).isEqualTo(NOT_RUN);
    assertThat(run).isGreaterThan(120);
  }
}
