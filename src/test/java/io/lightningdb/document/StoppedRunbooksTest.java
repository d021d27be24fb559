package io.lightningdb.document;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runbooks in which the server is stopped, does not start, or asks for tokens. Each start takes seconds, so that an ordinary run leaves
/// them out: `-Drunbooks.stopped=true` runs them, as the profile `dist` does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoppedRunbooksTest {
  static final List<String> STOPPED =
      List.of(
          "corruption-found.md",
          "will-not-start-after-a-crash.md",
          "restore-to-a-point-in-time.md",
          "upgrade-and-rollback.md",
          "moving-to-another-cluster.md");

  static final List<String> SECURED =
      List.of("tokens.md", "certificates.md", "tokens-after-a-restore.md");

  private final Map<String, Scene> scenes = new TreeMap<>();
  private Stage open;
  private Stage secured;

  @BeforeAll
  void raiseTheCurtain(@TempDir Path first, @TempDir Path second) throws Exception {
    assumeTrue(Boolean.getBoolean("runbooks.stopped"), "these take -Drunbooks.stopped=true");
    open = new Stage(first, true);
    secured = new Stage(second, false);
    scenes.putAll(new OpenScenes(open).all());
    scenes.putAll(new SecuredScenes(secured).all());
  }

  @AfterAll
  void close() {
    if (open != null) {
      open.close();
      secured.close();
    }
  }

  static Stream<Runbook> stopped() {
    return RunbooksRunTest.pages(STOPPED);
  }

  static Stream<Runbook> secured() {
    return RunbooksRunTest.pages(SECURED);
  }

  @ParameterizedTest
  @MethodSource("stopped")
  void whatAPageShowsIsWhatHappens(Runbook page) throws Exception {
    Objects.requireNonNull(scenes.get(OpenScenes.UP)).play();
    Reading.of(page, open, scenes);
  }

  @ParameterizedTest
  @MethodSource("secured")
  void whatAPageOfASecuredServerShowsIsWhatHappens(Runbook page) throws Exception {
    Reading.of(page, secured, scenes);
  }
}
