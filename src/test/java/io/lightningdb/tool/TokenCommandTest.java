package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.SecuredMark;
import io.lightningdb.token.Token;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.TokenText;
import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tool that makes, lists and revokes tokens.
class TokenCommandTest {
  @TempDir Path parent;

  private Path data() {
    return parent.resolve("data");
  }

  private Tokens tokens() throws IOException {
    return TokenFile.read(new DiskStorage(data())).orElseThrow();
  }

  private Ran create(Object... more) {
    Object[] args = new Object[6 + more.length];
    args[0] = "token";
    args[1] = "create";
    args[2] = data();
    args[3] = "--name=root";
    args[4] = "--role=admin";
    args[5] = "--keyspaces=*";
    System.arraycopy(more, 0, args, 6, more.length);
    return Ran.command(args);
  }

  @Test
  void theFirstTokenIsMadeBeforeThereIsADatabase() throws IOException {
    Ran made = create();

    assertThat(made.exitCode()).isZero();
    String text = made.out().strip();
    assertThat(made.out()).isEqualTo(text + System.lineSeparator());
    String id = TokenText.id(text).orElseThrow();
    Token token = Objects.requireNonNull(tokens().find(id));
    assertThat(token.hasText(TokenText.sha256(text))).isTrue();
    assertThat(token.expiresAt()).isNull();
    assertThat(made.err())
        .contains(id, "\"root\" admin of *", "never expires")
        .doesNotContain(text);
    // The database is made around it.
    try (Database database =
        Database.open(
            data(), DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100)))) {
      assertThat(database.visibleVersion()).isZero();
    }
    assertThat(tokens().all()).hasSize(1);
  }

  @Test
  void listShowsAndRevokeRemoves() throws IOException {
    String text =
        Ran.command(
                "token",
                "create",
                data(),
                "--name=shop",
                "--role=reader,operator",
                "--keyspaces=orders-*,carts",
                "--ttl=P90D")
            .out()
            .strip();
    String id = TokenText.id(text).orElseThrow();
    create();

    Ran list = Ran.command("token", "list", data());
    assertThat(list.lines()).hasSize(2);
    assertThat(list.lines().getFirst())
        .startsWith(id + " \"shop\" reader,operator of orders-*,carts, made ")
        .contains("expires ")
        .endsWith("never used");
    assertThat(list.out()).doesNotContain(text);

    Ran revoked = Ran.command("token", "revoke", data(), id);
    assertThat(revoked)
        .isEqualTo(new Ran(ExitCode.OK, "", "Revoked " + id + System.lineSeparator()));
    assertThat(tokens().all()).hasSize(1);
    Ran again = Ran.command("token", "revoke", data(), id);
    assertThat(again.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(again.err()).contains("There is no token with the id " + id);
  }

  @Test
  void onlyDisableMakesADatabaseOneWithoutTokens() throws IOException {
    create();
    assertThat(SecuredMark.isSet(data())).isTrue();
    Files.delete(data().resolve(TokenFile.NAME));
    assertThat(SecuredMark.isSet(data())).isTrue();
    create();

    Ran disabled = Ran.command("token", "disable", data());

    assertThat(disabled.exitCode()).isZero();
    assertThat(disabled.err()).contains("is not secured any more");
    assertThat(SecuredMark.isSet(data())).isFalse();
    assertThat(TokenFile.read(new DiskStorage(data()))).isEmpty();
    Ran again = Ran.command("token", "disable", data());
    assertThat(again.exitCode()).isZero();
    assertThat(again.err()).contains("was not secured. Nothing was changed");
    assertThat(Ran.command("verify", data()).exitCode()).isZero();
  }

  @Test
  void aRunningServerKeepsItsTokensToItself() throws IOException {
    create();
    try (Database _ =
        Database.open(
            data(), DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100)))) {
      Ran refused = create();
      assertThat(refused.exitCode()).isEqualTo(ExitCode.IN_USE);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err()).contains("in use").contains("/v1/admin/tokens");
      assertThat(Ran.command("token", "list", data()).exitCode()).isEqualTo(ExitCode.IN_USE);
    }
    assertThat(tokens().all()).hasSize(1);
  }

  @Test
  void whatIsMissingIsNotMade() {
    Ran list = Ran.command("token", "list", data());
    assertThat(list.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(list.err()).contains("does not exist");
    assertThat(Ran.command("token", "revoke", data(), "x").exitCode())
        .isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(data()).doesNotExist();
  }

  @Test
  void damageIsToldAndNothingIsOverwritten() throws IOException {
    create();
    Path file = data().resolve(TokenFile.NAME);
    byte[] damaged = Files.readAllBytes(file);
    damaged[damaged.length - 2] ^= 1;
    Files.write(file, damaged);

    Ran refused = create();

    assertThat(refused.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(refused.err()).contains(TokenFile.NAME);
    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--role=root|--role=root is none of reader, writer, operator, admin",
        "--keyspaces=a*b|--keyspaces=a*b is not",
        "--name=a;b|--name=a;b is not",
        "--ttl=PT0S|--ttl=PT0S is not from PT1S",
        "--ttl=soon|soon"
      })
  void misuseIsTold(String option, String message) {
    String name = option.startsWith("--name") ? option : "--name=x";
    String role = option.startsWith("--role") ? option : "--role=reader";
    String keyspaces = option.startsWith("--keyspaces") ? option : "--keyspaces=*";
    String ttl = option.startsWith("--ttl") ? option : "--ttl=P1D";
    Ran refused = Ran.command("token", "create", data(), name, role, keyspaces, ttl);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains(message).contains("Try lightningdb token create --help");
    assertThat(data()).doesNotExist();
  }

  @Test
  void optionsThatDecideAreNotGuessed() {
    Ran refused = Ran.command("token", "create", data(), "--name=x");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("--role").contains("--keyspaces");
    assertThat(Ran.command("token").exitCode()).isEqualTo(ExitCode.USAGE);
  }
}
