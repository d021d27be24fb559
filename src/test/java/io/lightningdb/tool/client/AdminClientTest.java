package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.tool.Ran;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands for the service as a whole, and the shell where its lines come from a pipe.
class AdminClientTest extends ClientService {
  private static final String OTHER = "cli-other";

  AdminClientTest() {
    super("cli-admin");
  }

  @BeforeEach
  void empty() {
    emptyKeyspace();
  }

  @AfterEach
  void dropOther() {
    run("keyspace", "drop", OTHER, "--yes");
  }

  @Test
  void keyspacesAreMadeShownChangedAndDropped() {
    assertThat(done("keyspace", "create", OTHER, "--option", "leafBytes=8192"))
        .isEqualTo("cli-other created\n");
    assertThat(done("keyspace", "create", OTHER, "--option", "leafBytes=8192"))
        .isEqualTo("cli-other was there\n");
    assertThat(done("keyspace", "list")).contains("cli-other\t0\t");
    assertThat(done("keyspace", "create", OTHER)).isEqualTo("cli-other was there\n");
    assertThat(done("keyspace", "options", OTHER, "--option", "defaultTtl=P1D"))
        .contains("defaultTtl\tPT24H\n");
    assertThat(done("keyspace", "create", OTHER, "--option", "defaultTtl=PT24H"))
        .isEqualTo(done("keyspace", "create", OTHER, "--option", "defaultTtl=P1D"));
    assertThat(done("keyspace", "options", OTHER)).contains("leafBytes\t8192\n");
    assertThat(done("keyspace", "options", OTHER, "--option", "durability=logged"))
        .contains("durability\tlogged\n", "leafBytes\t8192\n");
    assertThat(done("keyspace", "list", "--json").lines())
        .anySatisfy(line -> assertThat(line).startsWith("{\"name\":\"cli-other\","));
    assertThat(run("keyspace", "drop", OTHER).exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(done("keyspace", "drop", OTHER, "--yes")).isEmpty();
    assertThat(run("keyspace", "options", OTHER, "--option=durability=logged").exitCode())
        .isEqualTo(ClientExit.NOT_FOUND);
    assertThat(run("keyspace", "create", OTHER, "--option", "layuot=auto").exitCode())
        .isEqualTo(ClientExit.REFUSED);
    assertThat(done("keyspace", "list")).doesNotContain(OTHER);
  }

  @ParameterizedTest
  @CsvSource({
    "leafBytes=16384, leafBytes is 8192",
    "durability=logged, durability is synced",
    "defaultTtl=PT1H, defaultTtl is PT0S",
    "preset=write-heavy, preset=write-heavy cannot be compared",
  })
  void aKeyspaceThatIsThereIsNotChangedByBeingCreated(String option, String told) {
    done("keyspace", "create", OTHER, "--option", "leafBytes=8192");
    String before = done("keyspace", "options", OTHER);
    Ran again = run("keyspace", "create", OTHER, "--option", option);
    assertThat(again.exitCode()).isEqualTo(ClientExit.CONFLICT);
    assertThat(again.out()).isEmpty();
    assertThat(again.err())
        .startsWith("create: cli-other is there with other options, and is not changed: " + told)
        .endsWith("lightningdb keyspace options cli-other --option " + option + "\n")
        .hasLineCount(1);
    assertThat(done("keyspace", "options", OTHER)).isEqualTo(before);
  }

  @Test
  void theNumberOfEntriesInAListIsAnEstimate() {
    done("keyspace", "create", OTHER);
    done("put", "-k", OTHER, "k", "1");
    done("put", "-k", OTHER, "k", "2");
    assertThat(done("keyspace", "list")).containsPattern("\ncli-other\t~2\tbalanced\tsynced\n");
    assertThat(done("count", "-k", OTHER)).isEqualTo("1\n");
  }

  @Test
  void executeTellsByItsExitCodeWhetherTheComparisonHeld() {
    String body =
        "{\"compare\":[{\"keyspace\":\"cli-admin\",\"key\":\"e\",\"version\":0}],"
            + "\"then\":[{\"put\":{\"keyspace\":\"cli-admin\",\"key\":\"e\",\"value\":1}}]}";
    byte[] in = body.getBytes(StandardCharsets.UTF_8);
    Ran held = runWith(in, "execute");
    assertThat(held.exitCode()).isZero();
    assertThat(held.out()).startsWith("{\"succeeded\":true,").hasLineCount(1);
    Ran failed = runWith(in, "execute");
    assertThat(failed.exitCode()).isEqualTo(ClientExit.CONFLICT);
    assertThat(failed.out()).startsWith("{\"succeeded\":false,");
    assertThat(runWith("{".getBytes(StandardCharsets.UTF_8), "execute").exitCode())
        .isEqualTo(ClientExit.REFUSED);
  }

  @Test
  void longWorkIsBegunAwaitedAndListed() {
    String flush = done("operations", "--start", "flush", "--keyspace", "cli-admin", "--json");
    assertThat(flush).contains("\"state\":\"succeeded\"");
    String id = flush.replaceFirst("(?s).*\"id\":\"([^\"]+)\".*", "$1");
    assertThat(done("operations")).contains(id + "\tflush\tsucceeded\t");
    assertThat(done("operations", id)).contains("state\tsucceeded\n");
    assertThat(run("operations", "--cancel", "nothing").exitCode()).isEqualTo(ClientExit.NOT_FOUND);
    assertThat(run("operations", "x", "--cancel", "y").exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(done("backup", "--json")).contains("\"kind\":\"backup\"", "\"succeeded\"");
    assertThat(run("backup", "--resume=x", "--incremental").exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(run("backup", "--resume=20200101t000000z-00000000").exitCode())
        .isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void theModeIsShownAndSet() {
    try {
      assertThat(done("mode", "read-only", "--reason", "a test")).contains("mode\tread-only\n");
      Ran refused = run("put", "k", "v");
      assertThat(refused.exitCode()).isEqualTo(ClientExit.UNAVAILABLE);
      assertThat(refused.err()).contains("a test").hasLineCount(1);
      Ran smoke = run("smoke-test");
      assertThat(smoke.exitCode()).isEqualTo(ClientExit.UNAVAILABLE);
      assertThat(smoke.out()).isEqualTo("FAILED: an entry is written\n");
      assertThat(smoke.err()).contains("a test").hasLineCount(1);
    } finally {
      assertThat(done("mode", "read-write")).contains("mode\tread-write\n");
    }
    assertThat(run("mode", "asleep", "--reason", "x").exitCode()).isEqualTo(ClientExit.REFUSED);
    assertThat(run("mode", "--reason", "x").exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(done("mode", "--json")).startsWith("{\"mode\":\"read-write\",");
  }

  @Test
  void aSmokeTestPassesAndLeavesNothing() {
    assertThat(done("smoke-test"))
        .isEqualTo(
            """
            ok: an entry is written
            ok: it is read back
            ok: creating it again is refused
            ok: the version that was read is replaced
            ok: replacing an older version is refused
            ok: refused writes changed nothing
            ok: the entry is deleted
            ok: it is gone
            """);
    assertThat(done("count")).isEqualTo("0\n");
    assertThat(runWith("smoke-test\n".getBytes(StandardCharsets.UTF_8), "shell").lines())
        .hasSize(8);
    Ran nowhere = run("smoke-test", "-k", "nowhere");
    assertThat(nowhere.exitCode()).isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void tokensAreRefusedWhereTheyProtectNothing() {
    assertThat(done("tokens", "list")).isEmpty();
    Ran made = run("tokens", "create", "--name=x", "--role=reader", "--keyspaces=*", "--ttl=1h");
    assertThat(made.exitCode()).isEqualTo(ClientExit.CONFLICT);
    assertThat(run("tokens", "revoke", "0000000000000000").exitCode())
        .isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void aLoadTellsRatesAndPercentiles() {
    String shown = done("load", "-k", "cli-admin", "--duration=1s", "--connections=2", "--rate=50");
    assertThat(shown.lines().toList().get(0)).contains("per second", "p99 ms");
    assertThat(shown.lines().skip(1)).allMatch(line -> line.matches("(read |write) +[1-9].*"));
    assertThat(Long.parseLong(done("count", "--prefix=load-").strip())).isPositive();
    assertThat(run("load").exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(run("load", "-k", "nowhere").exitCode()).isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void durationsAreCountedToThreeInAHundred() {
    Durations durations = new Durations();
    for (int i = 1; i <= 1000; i++) {
      durations.record(i * 1000L);
    }
    assertThat(durations.count()).isEqualTo(1000);
    assertThat(durations.percentile(0.5)).isBetween(500_000L, 516_000L);
    assertThat(durations.percentile(1)).isBetween(1_000_000L, 1_032_000L);
    assertThat(new Durations().percentile(0.5)).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|put a 1;get a;exit;get nothing|1",
        "0|use cli-other;put 'a b' \"{}\";count|1",
        "20|get nothing;put never v|",
        "20|use nowhere|",
        "0|lightningdb put a 1;lightningdb get a;quit;get nothing|1",
        "2|serve|",
        "2|verify data|",
        "2|token list data|",
        "2|put a 'open|",
        "0|# a remark;;use cli-admin|"
      })
  void aShellRunsItsLinesUpToTheFirstThatFails(int exitCode, String lines, String last) {
    done("keyspace", "create", OTHER);
    Ran shell = runWith(lines.replace(';', '\n').getBytes(StandardCharsets.UTF_8), "shell");
    assertThat(shell.exitCode()).isEqualTo(exitCode);
    if (last != null) {
      assertThat(shell.lines().getLast()).isEqualTo(last);
    }
    assertThat(shell.err())
        .hasLineCount(exitCode == 0 ? 0 : exitCode == 2 && lines.startsWith("put") ? 2 : 1);
    assertThat(run("get", "never").exitCode()).isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void theHelpOfAShellNamesWhatItsLinesTake() {
    Ran help = runWith("help\n".getBytes(StandardCharsets.UTF_8), "shell");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("use KEYSPACE", "exit or quit", "  get ", "  keyspace ", "  help ")
        .doesNotContain("  verify ", "  serve ", "  shell ", "the server is started");
    Ran of = runWith("help verify\n".getBytes(StandardCharsets.UTF_8), "shell");
    assertThat(of.exitCode()).isEqualTo(ClientExit.USAGE);
    Ran misspelt = runWith("verfy data\n".getBytes(StandardCharsets.UTF_8), "shell");
    assertThat(misspelt.err()).contains("'verfy'").doesNotContain("lightningdb verify");
    assertThat(misspelt.exitCode()).isEqualTo(ClientExit.USAGE);
  }

  @Test
  void aCompletionScriptNamesCommandsAndOptions() {
    String script = done("completion", "bash");
    assertThat(script)
        .contains("#!/usr/bin/env bash", "_complete_lightningdb", "--token-file", "smoke-test");
    assertThat(done("completion", "zsh")).isEqualTo(script);
    assertThat(run("completion", "fish").exitCode()).isEqualTo(ClientExit.USAGE);
  }
}
