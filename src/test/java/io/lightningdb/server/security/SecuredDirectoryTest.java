package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.SecuredMark;
import io.lightningdb.token.TokenFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// A database that was ever secured is not served without credentials, wherever it was copied or restored to.
@ExtendWith(OutputCaptureExtension.class)
class SecuredDirectoryTest {
  private static final String HASH = "--lightning.security.admin-token-hash=" + "5e".repeat(32);

  @TempDir Path parent;

  private static void copyWithoutTokens(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        if (!file.endsWith(TokenFile.NAME)) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  private static void assertRefused(Path directory, CapturedOutput output) {
    int before = output.toString().length();
    assertThat(catchThrowable(() -> StartedService.start(directory).close())).isNotNull();
    assertThat(output.toString().substring(before))
        .contains("APPLICATION FAILED TO START")
        .contains("was secured by tokens or an identity provider")
        .contains("token create")
        .contains("token disable")
        .doesNotContain("\tat ");
  }

  @Test
  void itIsServedWithCredentialsOnly(CapturedOutput output) throws IOException {
    Path data = parent.resolve("data");
    Path backups = Files.createDirectory(parent.resolve("backups"));
    BackupTarget target = new DirectoryTarget(new DiskStorage(backups));
    // Written by a version that knew no mark: the start makes up for it.
    StartedService.tokenIn(data);
    String backup;
    try (StartedService service = StartedService.start(data)) {
      service.nobody().get("/v1/limits").then().statusCode(401);
      Database database = service.bean(Database.class);
      assertThat(SecuredMark.isSet(database)).isTrue();
      backup = database.backup(target, BackupRequest.full()).id();
    }

    Path copied = parent.resolve("copied");
    copyWithoutTokens(data, copied);
    assertRefused(copied, output);
    Path restored = parent.resolve("restored");
    new Restore(
            target,
            DiskStorage.inDirectory(restored),
            new SplittableRandom(1),
            () -> false,
            (_, _) -> {})
        .run(backup);
    assertRefused(restored, output);
    Files.delete(data.resolve(TokenFile.NAME));
    assertRefused(data, output);

    try (StartedService service = StartedService.start(restored, HASH)) {
      service.nobody().get("/v1/limits").then().statusCode(401);
    }
    assertThat(SecuredMark.remove(new DiskStorage(data))).isTrue();
    try (StartedService service = StartedService.start(data)) {
      service.nobody().get("/v1/limits").then().statusCode(200);
    }
  }

  /// Without any file of tokens: an admin token of a setting, or an identity provider, is a way of knowing who a client is, too.
  @Test
  void aSettingThatIsGoneOpensNothing(CapturedOutput output) throws IOException {
    Path data = parent.resolve("data");
    try (StartedService service = StartedService.start(data, HASH)) {
      service.nobody().get("/v1/limits").then().statusCode(401);
    }
    assertThat(data.resolve(TokenFile.NAME)).doesNotExist();
    assertRefused(data, output);
  }
}
