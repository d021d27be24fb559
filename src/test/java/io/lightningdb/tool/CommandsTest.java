package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.FileFormat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line as a whole.
class CommandsTest {

  @ParameterizedTest
  @CsvSource({
    "verify, true",
    "serve, true",
    "help, true",
    "verfy, true",
    "--help, true",
    "-V, true",
    "--server.port=0, false",
    "--spring.profiles.active=x, false",
    "--url=http://127.0.0.1:1 get a, true",
    "--server.port=0 x, true",
    "-Xmx1g, true",
    "-, true"
  })
  void aWordIsACommandAndASettingIsNot(String line, boolean command) {
    assertThat(Commands.isCommand(line.split(" "))).isEqualTo(command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--url http://127.0.0.1:1 get a", "-k orders get a", "--json list"})
  void optionsInFrontOfTheCommandAreNotTakenForSettings(String line) {
    Ran misuse = Ran.command((Object[]) line.split(" "));
    assertThat(misuse.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(misuse.out()).isEmpty();
    assertThat(misuse.err()).contains("Options stand behind the command");
  }

  @Test
  void serverTakesNothingButSettings() {
    Ran misuse = Ran.command("serve", "--server.port=0", "data");
    assertThat(misuse.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(misuse.err()).contains("'data' is no setting", "Try lightningdb serve --help");
  }

  @Test
  void nothingIsNoCommand() {
    assertThat(Commands.isCommand(new String[0])).isFalse();
  }

  @Test
  void helpNamesTheCommands() {
    Ran help = Ran.command("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out().replaceAll(" +", " "))
        .contains("serve Starts the server.")
        .contains("verify Checks every byte of a database")
        .contains("repair Repairs damaged runs of a database that is not open.")
        .contains("dump Shows what is in one file of a database.")
        .contains("restore Restores a backup into an empty directory.")
        .contains("backups Lists or verifies backups.")
        .contains("token Makes, lists and revokes the API tokens")
        .contains("get Writes a value to standard output.");
    assertThat(Ran.command("help").out()).isEqualTo(help.out());
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "verify", "repair", "dump", "restore", "backups", "token"})
  void helpOfACommandHasSynopsisExitCodesAndExamples(String command) {
    Ran help = Ran.command(command, "--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("Usage: lightningdb " + command + " [-hV]")
        .contains("Exit codes:")
        .contains("Examples:")
        .contains("java -jar lightningdb.jar " + command);
    assertThat(Ran.command("help", command).out()).isEqualTo(help.out());
  }

  @ParameterizedTest
  @CsvSource({
    "verify, 0 2 10 11 12 13 14",
    "repair, 0 2 10 11 12 13 14 17",
    "dump, 0 2 10 12 13 14",
    "token, 0 2 10 11 12 14"
  })
  void helpListsTheExitCodes(String command, String codes) {
    String help = Ran.command(command, "--help").out();
    List<String> listed =
        help.lines()
            .dropWhile(line -> !line.equals("Exit codes:"))
            .skip(1)
            .takeWhile(line -> !line.isBlank())
            .map(line -> line.strip().split(" ", 2)[0])
            .toList();
    assertThat(String.join(" ", listed)).isEqualTo(codes);
  }

  @Test
  void versionNamesProductFormatAndJava() {
    Ran version = Ran.command("--version");
    assertThat(version.exitCode()).isZero();
    assertThat(version.lines()).hasSize(2);
    assertThat(version.lines().getFirst()).matches("Lightning DB [0-9]+\\.[0-9]+\\.[0-9]+\\S*");
    assertThat(version.lines().getLast())
        .isEqualTo("disk format " + FileFormat.FORMAT + ", Java " + Runtime.version());
  }

  @Test
  void aMisspeltCommandIsNotTakenForTheServer() {
    Ran misspelt = Ran.command("verfy", "data");
    assertThat(misspelt.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(misspelt.out()).isEmpty();
    assertThat(misspelt.err())
        .contains("'verfy'")
        .contains("Did you mean: lightningdb verify")
        .contains("Try lightningdb --help");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "verify, Missing required parameter: 'DIRECTORY'",
        "verify a b, 'b'",
        "verify --fast a, '--fast'",
        "dump, Missing required parameter: 'FILE'",
        "dump --limit=x f, 'x' is not a long",
        "dump --limit=0 f, --limit=0 is less than 1"
      })
  void misuseSaysWhatIsWrongAndWhereHelpIs(String line, String message) {
    String[] words = line.split(" ");
    Ran misuse = Ran.command((Object[]) words);
    assertThat(misuse.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(misuse.out()).isEmpty();
    assertThat(misuse.err()).contains(message).contains("Try lightningdb " + words[0] + " --help");
  }

  @Test
  void serveHandsItsSettingsOnAsTheyAre() {
    List<String> settings = new ArrayList<>();
    Ran serve =
        Ran.command(
            args -> settings.addAll(List.of(args)),
            "serve",
            "--server.port=0",
            "--lightning.data-directory=some where",
            "--debug");
    assertThat(serve.exitCode()).isZero();
    assertThat(settings)
        .containsExactly("--server.port=0", "--lightning.data-directory=some where", "--debug");
    assertThat(serve.out() + serve.err()).isEmpty();
  }

  @Test
  void aServerThatCannotStartHasSaidWhyItself() {
    Ran serve =
        Ran.command(
            _ -> {
              throw new IllegalStateException("logged already");
            },
            "serve");
    assertThat(serve).isEqualTo(new Ran(ExitCode.FAILED, "", ""));
  }
}
