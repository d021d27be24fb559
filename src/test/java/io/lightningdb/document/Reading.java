package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/// Reads a runbook at a machine as an operator does: scene by scene, typing each command, and holding what it prints against the page.
/// What was typed and printed is left in `target/runbooks`.
final class Reading {
  private static final Pattern TIME = Pattern.compile("T\\d\\d:\\d\\d");

  private static final List<String> NEEDED = List.of("bash", "curl", "df", "du", "awk");

  /// Programs of a few pages, which a machine may be without.
  private static final List<String> OPTIONAL = List.of("openssl", "ss");

  private final Runbook page;
  private final Stage stage;
  private final List<String> wrong = new ArrayList<>();
  private final StringBuilder protocol = new StringBuilder();

  /// What is called so on the page, here.
  private final Map<String, String> names = new HashMap<>();

  private Reading(Runbook page, Stage stage) {
    this.page = page;
    this.stage = stage;
  }

  /// Reads a page, and fails where it does not show what happens.
  static void of(Runbook page, Stage stage, Map<String, Scene> scenes) throws Exception {
    assumeTools(page);
    Reading reading = new Reading(page, stage);
    for (Runbook.Step step : page.steps()) {
      switch (step) {
        case Runbook.Scene scene -> {
          reading.protocol.append("--- ").append(scene.name()).append('\n');
          Objects.requireNonNull(scenes.get(scene.name()), scene.name()).play();
        }
        case Runbook.Command command -> {
          if (command.notRun().isEmpty()) {
            reading.type(command);
          }
        }
      }
    }
    Path folder = Files.createDirectories(Path.of("target", "runbooks"));
    Files.writeString(folder.resolve(page + ".txt"), reading.protocol);
    assertThat(reading.wrong).isEmpty();
  }

  private static void assumeTools(Runbook page) {
    for (String tool : NEEDED) {
      assumeTrue(isOnThePath(tool), tool + " is needed, and absent");
    }
    for (String tool : OPTIONAL) {
      boolean isUsed =
          page.commands().stream().anyMatch(command -> command.text().startsWith(tool + " "));
      assumeTrue(!isUsed || isOnThePath(tool), tool + " is needed, and absent");
    }
  }

  private static boolean isOnThePath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private void type(Runbook.Command command) throws IOException {
    String text = command.text();
    for (Map.Entry<String, String> name : names.entrySet()) {
      text = text.replace(name.getKey(), name.getValue());
    }
    Shell.Pasted pasted = stage.type(text);
    protocol.append("$ ").append(text).append('\n').append(pasted.out());
    Shape shape = Shape.of(command.shown());
    boolean isSame = addNames(shape.names(pasted.out()));
    if (!shape.matches(pasted.out()) || !isSame) {
      wrong.add(
          "%s:%d: $ %s%nshows:%n%s%nand prints:%n%s"
              .formatted(
                  page.file(),
                  command.line(),
                  text,
                  String.join("\n", command.shown()),
                  pasted.out()));
    }
  }

  /// What a page calls by one name is one. Times it may use for several.
  private boolean addNames(Map<String, String> more) {
    boolean isSame = true;
    for (Map.Entry<String, String> each : more.entrySet()) {
      String before = names.put(each.getKey(), each.getValue());
      isSame &= before == null || before.equals(each.getValue()) || TIME.matcher(before).find();
    }
    return isSame;
  }
}
