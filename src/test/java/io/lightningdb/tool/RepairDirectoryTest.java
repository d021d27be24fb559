package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.GoldenDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `repair`, on a small database of all kinds of files.
class RepairDirectoryTest {
  private static final String RUN = "run-0000000000000001";

  @TempDir Path parent;
  private Path directory;

  @BeforeEach
  void makeDatabase() throws IOException {
    directory = Files.createDirectory(parent.resolve("data"));
    GoldenDatabase.copyTo(directory);
  }

  private void flip(String file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(file));
    bytes[offset] ^= 0x10;
    Files.write(directory.resolve(file), bytes);
  }

  private static String code(Ran refused) {
    Matcher code = Pattern.compile("--confirm ([0-9a-f]{8}) ").matcher(refused.out());
    assertThat(code.find()).as(refused.out()).isTrue();
    return code.group(1);
  }

  @Test
  void nothingIsDoneWhereNothingIsDamaged() {
    Ran repair = Ran.command("repair", directory);
    assertThat(repair.exitCode()).isZero();
    assertThat(repair.lines()).containsExactly(directory + ": 0 damaged places found, 0 left");
  }

  @Test
  void aLossIsListedAcceptedByItsCodeAndReported() throws IOException {
    flip(RUN, 5);
    byte[] damaged = Files.readAllBytes(directory.resolve(RUN));
    Ran refused = Ran.command("repair", directory);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(refused.out())
        .contains(RUN + " offset 0: the checksum of a block does not match its bytes")
        .contains(RUN + ": cannot be repaired without a loss")
        .contains("would be lost: keyspace ");
    assertThat(Files.readAllBytes(directory.resolve(RUN))).isEqualTo(damaged);

    Path report = parent.resolve("loss.json");
    Ran wrong =
        Ran.command(
            "repair", "--accept-loss", "--confirm", "00000000", "--report", report, directory);
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.LOSS_NOT_ACCEPTED);
    assertThat(report).doesNotExist();

    Ran done =
        Ran.command(
            "repair", "--accept-loss", "--confirm", code(refused), "--report", report, directory);
    assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
    assertThat(done.out()).contains("lost: keyspace ").doesNotContain("would be");
    JsonNode lost = new JsonMapper().readTree(Files.readString(report)).path("lost");
    assertThat(lost.size()).isPositive();
    assertThat(lost.path(0).path("file").asString()).isEqualTo(RUN);
    assertThat(Base64.getDecoder().decode(lost.path(0).path("startBase64").asString())).isNotNull();
    assertThat(Ran.command("verify", directory).exitCode()).isZero();
  }

  @Test
  void aDryRunChangesNothing() throws IOException {
    flip(RUN, 5);
    byte[] damaged = Files.readAllBytes(directory.resolve(RUN));
    Ran look = Ran.command("repair", "--dry-run", directory);
    assertThat(look.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(Files.readAllBytes(directory.resolve(RUN))).isEqualTo(damaged);
  }

  @Test
  void aDamagedManifestIsNamed() throws IOException {
    flip("MANIFEST", 20);
    Ran repair = Ran.command("repair", directory);
    assertThat(repair.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(repair.err()).contains("MANIFEST");
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    assertThat(Ran.command("repair", parent).exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(Ran.command("repair", "--backups", parent.resolve("x"), directory).exitCode())
        .isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(Ran.command("repair", "--accept-loss", directory).exitCode())
        .isEqualTo(ExitCode.USAGE);
    Path exists = Files.createFile(parent.resolve("report"));
    assertThat(
            Ran.command("repair", "--accept-loss", "--confirm", "x", "--report", exists, directory)
                .exitCode())
        .isEqualTo(ExitCode.USAGE);
  }
}
