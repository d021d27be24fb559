package io.lightningdb.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.server.security.Certificate;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.Tokens;
import io.lightningdb.tool.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What happens to a server that asks for tokens.
final class SecuredScenes {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final NewToken ADMIN = made("admin", Role.ADMIN, "*");
  private static final NewToken SHOP = made("shop", Role.WRITER, "orders-*");

  private final Stage stage;
  private final Certificate first;
  private final Certificate second;

  SecuredScenes(Stage stage) throws IOException, GeneralSecurityException {
    this.stage = stage;
    first = Certificate.make(stage.mounted(""), "first");
    second = Certificate.make(stage.mounted(""), "second");
  }

  Map<String, Scene> all() {
    return Map.of(
        "a server with tokens is up",
        this::isUp,
        "a server with TLS is up",
        this::isUpWithTls,
        "the certificate was replaced, and its key was not",
        this::keyDoesNotFit,
        "the pair was put in place",
        this::keyFits,
        "a secured database was restored",
        this::isRestored,
        "the restored server is started",
        () -> stage.start(stage.data()));
  }

  private static NewToken made(String name, Role role, String keyspaces) {
    Rights rights =
        Rights.of(List.of(role), List.of(KeyspacePattern.find(keyspaces).orElseThrow()));
    return NewToken.of(name, rights, Instant.now(), null);
  }

  private void tokens() throws IOException {
    TokenFile.write(
        DiskStorage.inDirectory(stage.data()), Tokens.NONE.with(ADMIN.token()).with(SHOP.token()));
    stage.set("ADMIN", ADMIN.text());
    stage.set("SHOP", SHOP.text());
  }

  /// After two requests that were refused.
  private void isUp() throws IOException {
    tokens();
    stage.start(stage.data());
    assertThat(writes("ldb_wrong")).isEqualTo(401);
    assertThat(writes(SHOP.text())).isEqualTo(403);
  }

  /// The status of a write to what the shop may not write.
  private int writes(String token) {
    return stage
        .service()
        .api()
        .header("Authorization", "Bearer " + token)
        .body("x")
        .put("/v1/keyspaces/carts/entries/a")
        .statusCode();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(stage.folder().resolve(name), text);
  }

  private void isUpWithTls() throws IOException, GeneralSecurityException {
    stage.stop();
    tokens();
    write("ca.crt", first.certificatePem() + second.certificatePem());
    write("tls.crt", first.certificatePem());
    write("tls.key", first.keyPem());
    String pem = "--spring.ssl.bundle.pem.server.";
    stage.start(
        stage.data(),
        pem + "reload-on-update=true",
        pem + "keystore.certificate=" + stage.folder().resolve("tls.crt"),
        pem + "keystore.private-key=" + stage.folder().resolve("tls.key"),
        "--spring.ssl.bundle.watch.file.quiet-period=100ms",
        "--server.ssl.bundle=server");
  }

  private void keyDoesNotFit() throws IOException, GeneralSecurityException {
    write("tls.crt", second.certificatePem());
    await().atMost(SOON).until(() -> stage.service().meter("lightning.tls.reload.refused") == 1);
  }

  private void keyFits() throws IOException, GeneralSecurityException {
    write("tls.key", second.keyPem());
    await().atMost(SOON).until(() -> stage.service().meter("lightning.tls.reload.refused") == 0);
  }

  private void isRestored() throws IOException {
    stage.stop();
    Path backups = Files.createDirectories(stage.mounted("backups"));
    try (Database database = Database.open(stage.data(), DatabaseOptions.defaults())) {
      database.backup(new DirectoryTarget(new DiskStorage(backups)), BackupRequest.full());
    }
    Files.move(stage.data(), stage.folder().resolve("data-before-restore"));
    assertThat(Ran.command("restore", backups, stage.data()).exitCode()).isZero();
    assertThatThrownBy(() -> stage.start(stage.data())).isNotNull();
  }
}
