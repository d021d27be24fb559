package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.security.SecuredService;
import io.lightningdb.token.Role;
import io.lightningdb.tool.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens made, used, listed and revoked by the command line, against a service that wants them.
class TokensClientTest extends SecuredService {
  @TempDir private Path directory;

  private Ran run(String token, Object... args) {
    Map<String, String> environment =
        token.isEmpty()
            ? Map.of("LIGHTNING_URL", "http://127.0.0.1:" + port())
            : Map.of("LIGHTNING_URL", "http://127.0.0.1:" + port(), "LIGHTNING_TOKEN", token);
    return Ran.command(_ -> {}, new byte[0], environment, args);
  }

  @Test
  void aTokenLivesFromItsMakingToItsRevocation() throws Exception {
    keyspace("cli-secured");
    Ran made =
        run(
            ADMIN,
            "tokens",
            "create",
            "--name=cli",
            "--role=reader,writer",
            "--keyspaces=cli-*",
            "--ttl=1h");
    assertThat(made.exitCode()).as(made.err()).isZero();
    String token = made.out().strip();
    assertThat(token).startsWith("ldb_").hasLineCount(1);
    assertThat(made.err()).contains("\tcli\t", "reader", "writer", "cli-*").doesNotContain(token);
    String id = made.err().substring(0, made.err().indexOf('\t'));

    assertThat(run(token, "put", "-k", "cli-secured", "k", "v").exitCode()).isZero();
    Path file = Files.writeString(directory.resolve("token"), token + "\n");
    assertThat(run("", "get", "-k", "cli-secured", "k", "--token-file", file).out()).isEqualTo("v");
    assertThat(run(token, "tokens", "list").exitCode()).isEqualTo(ClientExit.DENIED);
    assertThat(run(token, "get", "-k", "default", "k").exitCode()).isEqualTo(ClientExit.DENIED);
    assertThat(run("", "get", "-k", "cli-secured", "k").exitCode()).isEqualTo(ClientExit.DENIED);

    assertThat(run(token, "smoke-test", "-k", "cli-secured").exitCode()).isZero();
    for (String other : new String[] {"", "ldb_wrong", token(Role.READER)}) {
      Ran refused = run(other, "smoke-test", "-k", "cli-secured");
      assertThat(refused.exitCode()).isEqualTo(ClientExit.DENIED);
      assertThat(refused.out()).isEqualTo("FAILED: an entry is written\n");
      assertThat(refused.err()).hasLineCount(1);
    }

    assertThat(run(ADMIN, "tokens", "list").lines())
        .anyMatch(line -> line.startsWith(id + "\tcli\t"));
    assertThat(run(ADMIN, "tokens", "list", "--json").lines())
        .anyMatch(line -> line.contains("\"id\":\"" + id + "\""));
    Ran revoked = run(ADMIN, "tokens", "revoke", id);
    assertThat(revoked).isEqualTo(new Ran(0, "", ""));
    assertThat(run(token, "get", "-k", "cli-secured", "k").exitCode()).isEqualTo(ClientExit.DENIED);
    assertThat(run(ADMIN, "tokens", "list").out()).doesNotContain(id);
    assertThat(run(ADMIN, "tokens", "revoke", id).exitCode()).isEqualTo(ClientExit.NOT_FOUND);
  }

  @Test
  void oneObjectHoldsAllOfANewToken() {
    Ran made =
        run(ADMIN, "tokens", "create", "--json", "--name=cli2", "--role=reader", "--keyspaces=*");
    assertThat(made.err()).isEmpty();
    assertThat(made.out()).contains("\"token\":\"ldb_", "\"name\":\"cli2\"").hasLineCount(1);
    String id = made.out().replaceFirst("(?s).*\"id\":\"([^\"]+)\".*", "$1");
    assertThat(run(ADMIN, "tokens", "revoke", id).exitCode()).isZero();
    assertThat(
            run(ADMIN, "tokens", "create", "--name=x", "--role=king", "--keyspaces=*").exitCode())
        .isEqualTo(ClientExit.REFUSED);
  }
}
