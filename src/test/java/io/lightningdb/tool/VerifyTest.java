package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.LightningDbApplication;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.format.Checksum;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.GoldenDatabase;
import io.lightningdb.engine.format.LittleEndian;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `verify`, on a small database of all kinds of files.
class VerifyTest {
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

  @Test
  void aCleanDatabaseIsSummedUp() {
    Ran verify = Ran.command("verify", directory);
    assertThat(verify.exitCode()).isZero();
    assertThat(verify.err()).isEmpty();
    assertThat(verify.lines())
        .singleElement()
        .asString()
        .matches(
            "\\Q%s\\E: 6 files, 3720 bytes and 47 entries checked in [0-9]+\\.[0-9] s, no fault"
                .formatted(directory));
  }

  @ParameterizedTest
  @CsvSource({
    "MANIFEST, 20, 0, the header of the manifest does not verify",
    "MANIFEST, 60, 48, an edit does not verify",
    "log-0000000000000003, 30, 0, the header of the log segment does not verify",
    "log-0000000000000003, 130, 128, the log record here is damaged or missing",
    "run-0000000000000001, 5, 0, the checksum of a block does not match its bytes",
    "run-0000000000000002, 5, 0, the checksum of a block does not match its bytes",
    "run-0000000000000003, 439, 376, the footer does not verify"
  })
  void aFlippedBitIsFoundAtItsPlace(String file, int offset, long place, String reason)
      throws IOException {
    flip(file, offset);
    Ran verify = Ran.command("verify", directory);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(verify.err()).isEmpty();
    assertThat(verify.lines()).hasSize(2);
    assertThat(verify.lines().getFirst())
        .startsWith(file + " offset " + place + ": ")
        .contains(reason);
    assertThat(verify.lines().getLast()).endsWith(", 1 fault");
  }

  @Test
  void everyDamagedFileIsNamed() throws IOException {
    flip("run-0000000000000001", 5);
    Files.delete(directory.resolve("run-0000000000000003"));
    flip("run-0000000000000002", 5);
    Ran verify = Ran.command("verify", directory);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(verify.lines()).hasSize(4);
    assertThat(verify.out())
        .contains("run-0000000000000001 offset 0: ")
        .contains("run-0000000000000002 offset 0: ")
        .contains("run-0000000000000003 offset 0: the run is missing")
        .contains(", 3 faults");
  }

  @Test
  void aDirectoryInUseIsNamedWithItsHolder() {
    try (Database _ = Database.open(directory, DatabaseOptions.defaults())) {
      Ran verify = Ran.command("verify", directory);
      assertThat(verify.exitCode()).isEqualTo(ExitCode.IN_USE);
      assertThat(verify.out()).isEmpty();
      assertThat(verify.err())
          .startsWith("verify: ")
          .contains(directory.toString())
          .contains("the process with pid " + ProcessHandle.current().pid());
    }
    assertThat(Ran.command("verify", directory).exitCode()).isZero();
  }

  @Test
  void whatIsNoDatabaseIsLeftAlone() throws IOException {
    Path empty = Files.createDirectory(parent.resolve("empty"));
    Ran verify = Ran.command("verify", empty);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(verify.err()).contains(empty + " holds no database");
    assertThat(empty).isEmptyDirectory();

    Path absent = parent.resolve("absent");
    verify = Ran.command("verify", absent);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(verify.err()).contains(absent + " does not exist");
    assertThat(absent).doesNotExist();

    Path file = directory.resolve("MANIFEST");
    verify = Ran.command("verify", file);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(verify.err()).contains(file + " is no directory");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    Path manifest = directory.resolve("MANIFEST");
    byte[] bytes = Files.readAllBytes(manifest);
    int newer = FileFormat.FORMAT + 1;
    bytes[8] = (byte) newer;
    int checksum =
        new Checksum().begin(Checksum.TAG_MANIFEST_HEADER, 0, 0).update(bytes, 0, 28).value();
    LittleEndian.putU32(bytes, 28, checksum);
    Files.write(manifest, bytes);
    Ran verify = Ran.command("verify", directory);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.FORMAT_TOO_NEW);
    assertThat(verify.out()).isEmpty();
    assertThat(verify.err()).contains("MANIFEST has format " + newer);
    assertThat(Files.readAllBytes(manifest)).isEqualTo(bytes);
    Ran dump = Ran.command("dump", manifest);
    assertThat(dump.exitCode()).isEqualTo(ExitCode.FORMAT_TOO_NEW);
    assertThat(dump.err()).contains("MANIFEST has format " + newer);
  }

  @Test
  void aDirectoryThatCannotBeLockedIsUnreadable() throws IOException {
    Files.createDirectory(directory.resolve("LOCK"));
    Ran verify = Ran.command("verify", directory);
    assertThat(verify.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(verify.err()).startsWith("verify: cannot verify the directory " + directory);
  }

  @Test
  void nothingButTheLockIsChanged() throws IOException {
    Ran.command("verify", directory);
    for (String file : GoldenDatabase.FILES) {
      Path fresh = Files.createDirectory(parent.resolve(file));
      GoldenDatabase.copyTo(fresh);
      assertThat(directory.resolve(file)).hasSameBinaryContentAs(fresh.resolve(file));
    }
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(GoldenDatabase.FILES.size() + 1);
    }
  }

  /// In a process of its own: the exit code is that of the process, and a server is not on the way.
  @Test
  void theProcessEndsWithTheExitCodeAndNeverLoadsSpring() throws Exception {
    flip("run-0000000000000001", 5);
    Path out = parent.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+load:file=" + parent.resolve("classes"),
                "-cp",
                System.getProperty("java.class.path"),
                LightningDbApplication.class.getName(),
                "verify",
                directory.toString())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(ExitCode.DAMAGED);
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(out))
        .startsWith("run-0000000000000001 offset 0: ")
        .endsWith(", 1 fault" + System.lineSeparator());
    assertThat(Files.readString(parent.resolve("classes"), StandardCharsets.ISO_8859_1))
        .contains("io.lightningdb.tool.Verify")
        .doesNotContain("org.springframework")
        .doesNotContain("ch.qos.logback");
  }
}
