package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.tool.client.ClientExit;
import io.lightningdb.tool.client.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The page of the commands tells what the command line knows of itself.
class CommandPageTest {
  private static final Path PAGE =
      Path.of("src", "main", "java", "io", "lightningdb", "tool", "README.md");
  private static final String BEGIN = "<!-- commands: made from the command line -->\n";
  private static final String END = "<!-- end of commands -->\n";
  private static final Path MADE = Path.of("target", "commands.md");

  @Test
  void thePageHasEveryCommandOptionAndExitCode() throws IOException {
    Session nowhere =
        new Session(InputStream.nullInputStream(), OutputStream.nullOutputStream(), Map.of(), null);
    String made = CommandPage.of(Commands.commandLine(_ -> {}, nowhere));
    Files.writeString(MADE, made);
    String page = Files.readString(PAGE);

    assertThat(page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END)))
        .as("the commands of %s, as which %s is to be put between its marks", PAGE, MADE)
        .isEqualTo(made);
    ClientExit.table()
        .forEach((code, meaning) ->
            assertThat(page).contains("| " + code.strip() + " | " + meaning + " |\n"));
  }
}
