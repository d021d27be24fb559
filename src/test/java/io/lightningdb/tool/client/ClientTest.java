package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.tool.Ran;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands for entries, against the service.
class ClientTest extends ClientService {
  private static final String KEYSPACE = "cli";

  @TempDir private Path directory;

  ClientTest() {
    super(KEYSPACE);
  }

  @BeforeEach
  void empty() {
    emptyKeyspace();
  }

  @Test
  void whatIsPutIsGot() {
    String version = done("put", "hello", "world").strip();
    assertThat(done("get", "hello")).isEqualTo("world");
    assertThat(done("get", "--json", "hello"))
        .isEqualTo(
            "{\"key\":\"hello\",\"value\":\"world\",\"contentType\":\"text/plain;charset=utf-8\",\"version\":"
                + version
                + "}\n");
    assertThat(done("count")).isEqualTo("1\n");
    assertThat(done("delete", "hello")).isEmpty();
    assertThat(run("get", "hello").exitCode()).isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void valuesComeFromFilesAndStandardInputByteForByte() throws Exception {
    byte[] bytes = new byte[700_000];
    Arrays.fill(bytes, (byte) 0xfe);
    Path file = Files.write(directory.resolve("value.bin"), bytes);
    done("put", "file", "--file", file);
    assertThat(done("get", "--json", "file")).contains("\"valueBase64\":\"/v7+");
    assertThat(runWith("one\ntwo".getBytes(StandardCharsets.UTF_8), "put", "in", "-").exitCode())
        .isZero();
    assertThat(done("get", "in")).isEqualTo("one\ntwo");
    Path json = Files.writeString(directory.resolve("value.json"), "{\"a\": 1}");
    done("put", "json", "--file", json);
    assertThat(done("get", "--json", "json")).contains("\"value\":{\"a\":1}", "application/json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b c%2F;+?#&=*", "..", ".", "größe 🚀", "-x"})
  void keysOfAnyTextReachTheirEntry(String key) {
    done("put", "--", key, "v");
    assertThat(done("get", "--", key)).isEqualTo("v");
    assertThat(done("count")).isEqualTo("1\n");
    done("delete", "--", key);
  }

  @Test
  void keysOfAnyBytesAreBase64url() {
    done("put", "--key-encoding", "base64url", "_wD-", "v");
    assertThat(done("list")).isEqualTo("base64:_wD-\tv\n");
    assertThat(done("list", "--key-encoding=base64url")).isEqualTo("_wD-\tv\n");
    assertThat(done("get", "--key-encoding=base64url", "_wD-")).isEqualTo("v");
    done("delete", "--key-encoding=base64url", "_wD-");
  }

  @Test
  void conditionsHoldOrExitCodeSaysThatTheyDoNot() {
    String first = done("put", "--if-absent", "k", "1").strip();
    Ran again = run("put", "--if-absent", "k", "2");
    assertThat(again.exitCode()).isEqualTo(ClientExit.CONFLICT);
    assertThat(again.err())
        .startsWith("put: A condition does not hold (412 precondition-failed). ")
        .endsWith("Read the entry again, and decide anew.\n");
    String second = done("put", "--if-version", first, "k", "2").strip();
    assertThat(run("put", "--if-version", first, "k", "3").exitCode())
        .isEqualTo(ClientExit.CONFLICT);
    assertThat(run("delete", "--if-version", first, "k").exitCode()).isEqualTo(ClientExit.CONFLICT);
    assertThat(done("get", "k")).isEqualTo("2");
    assertThat(done("delete", "--if-version", second, "k")).isEmpty();
  }

  @Test
  void anEntryMayExpire() {
    done("put", "--ttl", "1h", "k", "v");
    assertThat(done("get", "--json", "k")).contains("\"expiresAt\":\"");
    done("put", "--expires-at", "2001-01-01T00:00:00Z", "k", "v");
    assertThat(run("get", "k").exitCode()).isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void listsAreLinesOfKeyAndValue() {
    done("put", "--durability", "logged", "a", "one\ttwo\n\\");
    done("put", "--type", "json", "b", "{\"x\": [1, 2]}");
    runWith(new byte[] {0, 1}, "put", "c", "-");
    assertThat(done("list").lines())
        .containsExactly("a\tone\\ttwo\\n\\\\", "b\t{\"x\":[1,2]}", "c\tbase64:AAE=");
    assertThat(done("list", "--keys", "--reverse").lines()).containsExactly("c", "b", "a");
    assertThat(done("list", "--keys", "--limit=1", "--start=b")).isEqualTo("b\n");
    assertThat(done("list", "--json", "--prefix=b")).startsWith("{\"key\":\"b\",").endsWith("}\n");
    assertThat(done("count", "--end", "c")).isEqualTo("2\n");
  }

  @Test
  void aListOfAnyLengthIsWhole() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 1200; i++) {
      lines.append("{\"key\":\"k%04d\",\"value\":%d}%n".formatted(i, i));
    }
    api()
        .contentType("application/x-ndjson")
        .body(lines.toString().getBytes(StandardCharsets.UTF_8))
        .post("/v1/keyspaces/" + KEYSPACE + "/entries:import");
    assertThat(done("list").lines()).hasSize(1200).startsWith("k0000\t0").endsWith("k1199\t1199");
    assertThat(done("list", "--limit", "700").lines()).hasSize(700);
  }

  @Test
  void aRangeIsDeletedOnlyIfToldTwice() {
    done("put", "a1", "v");
    done("put", "b1", "v");
    Ran once = run("delete", "--prefix", "a");
    assertThat(once.exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(once.err()).contains("--yes");
    assertThat(done("delete", "--prefix", "a", "--yes").strip()).matches("[0-9]+");
    assertThat(done("list", "--keys")).isEqualTo("b1\n");
  }

  @Test
  void countersCount() {
    assertThat(done("increment", "n", "--initial", "9223372036854775800"))
        .isEqualTo("9223372036854775801\n");
    assertThat(done("increment", "--by=-2", "n")).isEqualTo("9223372036854775799\n");
    Ran over = run("increment", "--by", "1000", "n");
    assertThat(over.exitCode()).isEqualTo(ClientExit.CONFLICT);
    String first = done("increment", "m", "--idempotency-key", "cli-test-1", "--json");
    assertThat(done("increment", "m", "--idempotency-key", "cli-test-1", "--json"))
        .isEqualTo(first);
    assertThat(done("get", "m")).isEqualTo("1");
  }

  @Test
  void healthAndLimitsAreShown() {
    assertThat(done("health", "readiness")).startsWith("UP\n").contains("  storage\tUP\n");
    assertThat(done("health", "--json", "liveness")).startsWith("{\"").hasLineCount(1);
    assertThat(run("health", "nothing").exitCode()).isEqualTo(ClientExit.NOT_FOUND);
    assertThat(done("limits")).contains("keyBytesMax\t4096\n", "shares.");
    assertThat(done("limits", "--json")).startsWith("{").endsWith("}\n");
  }

  @Test
  void aProblemIsOneSentenceOrTheDocument() {
    Ran missing = run("get", "--keyspace", "nowhere", "k");
    assertThat(missing.exitCode()).isEqualTo(ClientExit.NOT_FOUND);
    assertThat(missing.err())
        .startsWith("get: There is no such keyspace (404 keyspace-not-found). ")
        .contains("lightningdb keyspace list")
        .hasLineCount(1);
    Ran json = run("get", "--json", "--keyspace", "nowhere", "k");
    assertThat(json.exitCode()).isEqualTo(ClientExit.NOT_FOUND);
    assertThat(json.err())
        .startsWith("{\"")
        .contains("\"type\":\"/problems/keyspace-not-found\"")
        .hasLineCount(1);
    assertThat(json.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      value = {
        "put k|Give one value",
        "put k v --file f|Give one value",
        "put k v --if-absent --if-version 1|exclude each other",
        "put k v --ttl 1h --expires-at 2030-01-01T00:00:00Z|exclude each other",
        "put k v --ttl soon|'soon' is no duration",
        "put k v --ttl 0s|'0s' is not longer than nothing",
        "put k v --type nonsense|--type=nonsense is neither",
        "put k v --durability perhaps|synced, logged",
        "delete|Give a KEY",
        "delete k --prefix p|Give a KEY",
        "list --limit 0|--limit=0 is less than 1",
        "get k --cert c|--cert and --key go together",
        "get k --url ftp://127.0.0.1|does not begin with http:// or https://",
        "get k --url 127.0.0.1:8080|is not an address",
        "get k --url http://me:secret@127.0.0.1|has a user in it",
        "get k --url http://127.0.0.1/?a=b|is not an address",
        "get k --token secret|Unknown option",
        "put gr\ufffd\ufffdsse v|LC_ALL=C.UTF-8",
      })
  void misuseIsToldAndSendsNothing(String line, String message) {
    Ran misuse = run((Object[]) line.split(" "));
    assertThat(misuse.exitCode()).isEqualTo(ClientExit.USAGE);
    assertThat(misuse.err()).contains(message).doesNotContain("\tat ");
    assertThat(misuse.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      value = {
        "26|get k --url http://127.0.0.1:1|Nothing listens at http://127.0.0.1:1",
        "26|get k --url http://nowhere.invalid|There is no host nowhere.invalid",
        "27|get k --url https://127.0.0.1:PORT|speaks no TLS",
        "14|get k --token-file nowhere/token|nowhere/token does not exist",
        "14|put k --file nowhere/value|nowhere/value does not exist",
        "14|put k --file src|src is a directory",
        "14|get k --url https://127.0.0.1:PORT --cacert nowhere.pem|nowhere.pem does not exist",
        "14|get k --url https://127.0.0.1:PORT --cacert pom.xml|pom.xml holds no certificate",
        "22|put k v --ttl 99999d|--",
        "22|get k --at -1|--",
        "20|get k --url http://127.0.0.1:PORT/prefix|404",
      })
  void troubleIsOneLineWithoutAStackTrace(int exitCode, String line, String message) {
    Ran trouble = run((Object[]) line.replace("PORT", "" + port()).split(" "));
    assertThat(trouble.err()).hasLineCount(1).doesNotContain("Exception");
    if (!message.equals("--")) {
      assertThat(trouble.err()).contains(message);
    }
    assertThat(trouble.exitCode()).isEqualTo(exitCode);
    assertThat(trouble.out()).isEmpty();
  }

  @Test
  void aTokenFileThatIsNoTokenIsNotShown() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "two words");
    Ran trouble = run("get", "k", "--token-file", file);
    assertThat(trouble.exitCode()).isEqualTo(ClientExit.DENIED);
    assertThat(trouble.err()).contains("does not hold one token").doesNotContain("two words");
  }
}
