package io.lightningdb.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table of settings in `config/README.md` is that of `config/application.yaml`, which is that of the code.
class SettingsPageTest {
  private static final String BEGIN = "<!-- settings: made from application.yaml -->\n";
  private static final String END = "<!-- end of settings -->\n";
  private static final Path MADE = Path.of("target", "settings.md");

  private static String table() throws IOException {
    return SettingsTable.of(Files.readString(Path.of("config", "application.yaml")));
  }

  @Test
  void thePageHasTheTableOfTheFile() throws IOException {
    String page = Files.readString(Path.of("config", "README.md"));
    String made = table();
    Files.writeString(MADE, made);

    assertThat(page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END)))
        .as("the table of config/README.md, as which %s is to be put between its marks", MADE)
        .isEqualTo(made);
  }

  @Test
  void theServiceHasTheWordsOfTheFile() throws IOException {
    String made = SettingsTable.lines(Files.readString(Path.of("config", "application.yaml")));
    Path words = Path.of("src", "main", "resources", "settings.tsv");
    if ("write".equals(System.getProperty("settings.words"))) {
      Files.writeString(words, made);
    }

    assertThat(words)
        .as("written by ./mvnw test -Dtest=SettingsPageTest -Dsettings.words=write")
        .content()
        .isEqualTo(made);
    assertThat(made.lines().map(line -> line.replaceFirst("\t.*", "")))
        .containsExactlyInAnyOrderElementsOf(SettingNames.ALL);
  }

  @Test
  void theTableHasEverySettingOfTheCode() throws IOException {
    Set<String> named =
        Pattern.compile("`([a-z0-9.-]+[a-z0-9])`")
            .matcher(
                table()
                    .lines()
                    .map(row -> row.substring(0, row.indexOf('|', 1)))
                    .collect(Collectors.joining()))
            .results()
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named)
        .isEqualTo(
            SettingNames.ALL.stream()
                .map(name -> name.substring("lightning.".length()))
                .collect(Collectors.toCollection(TreeSet::new)));
  }
}
