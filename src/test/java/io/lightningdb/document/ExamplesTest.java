package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
  private static final Path PAGE = Examples.FOLDER.resolve("README.md");

  /// Those that talk HTTP run in [PagesRunTest], by the commands of their page.
  @Test
  void samplesAreWhatTheCommandMakesAndTheEngineIsEmbedded(@TempDir Path folder)
      throws IOException {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    try (Examples examples = Examples.compile(Examples.files(), classes)) {
      assertThat(Examples.FOLDER.resolve("products.ndjson"))
          .hasContent(examples.run("MakeData", List.of("500")));
      assertThat(Examples.FOLDER.resolve("products.csv"))
          .hasContent(examples.run("MakeData", List.of("500", "csv")));
      assertThat(examples.run("Embedded", List.of(folder.resolve("data").toString())))
          .isEqualTo("ada = Ada, Paris\nbob = Bob, Rome\n");
    }
  }

  @Test
  void everyExampleIsInTheTableOfItsPageAndRun() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(Examples.files())
        .hasSizeGreaterThan(6)
        .allSatisfy(file -> {
          assertThat(page).contains("](" + file.getFileName() + ") |");
          assertThat(page + Files.readString(Path.of("README.md")))
              .contains("src/examples/" + file.getFileName());
        });
  }

  /// The ten lines of README, as a file that a user pastes them into.
  @Test
  void theLinesOfTheReadmeRun(@TempDir Path folder) throws IOException {
    List<Page.Block> blocks = Page.of("README.md").blocks("java");
    assertThat(blocks).hasSize(1);
    Path data = folder.resolve("data");
    String code =
        Pattern.compile("\"data\"")
            .matcher(blocks.getFirst().code())
            .replaceFirst('"' + data.toString() + '"');
    Path file = Files.writeString(folder.resolve("Pasted.java"), code);

    Path classes = Files.createDirectory(folder.resolve("classes"));
    try (Examples pasted = Examples.compile(List.of(file), classes)) {
      assertThat(pasted.runUndeclared("Pasted")).isEqualTo("ada = countess\nbob = builder\n");
    }
  }
}
