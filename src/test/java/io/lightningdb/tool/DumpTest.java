package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.FileKind;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.format.GoldenDatabase;
import io.lightningdb.engine.io.DiskStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `dump`, on the files of a small database, whole and damaged.
class DumpTest {
  @TempDir Path directory;

  @BeforeEach
  void makeDatabase() throws IOException {
    GoldenDatabase.copyTo(directory);
  }

  static Stream<Arguments> files() {
    return GoldenDatabase.FORMATS.stream()
        .flatMap(format -> GoldenDatabase.FILES.stream().map(file -> Arguments.of(format, file)));
  }

  private Ran dump(String file, String... options) {
    Object[] args = new Object[options.length + 2];
    args[0] = "dump";
    System.arraycopy(options, 0, args, 1, options.length);
    args[args.length - 1] = directory.resolve(file);
    return Ran.command(args);
  }

  private void flip(String file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(file));
    bytes[offset] ^= 0x10;
    Files.write(directory.resolve(file), bytes);
  }

  private static List<String> expected(int format, String file) throws IOException {
    String resource = "/dump/v" + format + "/" + file + ".txt";
    try (InputStream in = DumpTest.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everythingInAFileIsShown(int format, String file) throws IOException {
    GoldenDatabase.copyTo(directory, format);
    Ran dump = dump(file, "--values");
    assertThat(dump.exitCode()).isZero();
    assertThat(dump.err()).isEmpty();
    assertThat(dump.lines()).isEqualTo(expected(format, file));
  }

  @Test
  void valuesAreShownOnRequestOnly() {
    assertThat(dump("run-0000000000000001").lines())
        .contains("    0: put 0x00ff, version 1, value 3 bytes")
        .contains("    8: put \"zero\", version 26, value 0 bytes");
    assertThat(dump("log-0000000000000004").lines())
        .contains("    put \"large\" in keyspace 2, value 150 bytes");
  }

  @Test
  void structureLeavesContentOut() {
    assertThat(dump("run-0000000000000003", "--structure").lines())
        .containsSubsequence(
            "@0 block 0: leaf, plain, 77 bytes stored in 77",
            "    4 entries",
            "@136 block 2: range deletions, plain, 64 bytes stored in 64",
            "    4 ranges")
        .noneMatch(line -> line.contains("put") || line.contains("delete from"));
    assertThat(dump("log-0000000000000003", "--structure").out())
        .contains("commit 37, 76 bytes")
        .doesNotContain("put");
    assertThat(dump("MANIFEST", "--structure").out())
        .contains("@176 edit, 68 bytes: 5 changes")
        .doesNotContain("gets run");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "run-0000000000000001, 0: put 0x00ff, 1: put \"\"key-00\"\"",
        "log-0000000000000003, @64 commit 36, @128 commit 37",
        "MANIFEST, @32 edit, @48 edit"
      })
  void aLimitStopsTheDump(String file, String last, String next) {
    Ran dump = dump(file, "--limit=1");
    assertThat(dump.exitCode()).isZero();
    assertThat(dump.out()).contains(last).doesNotContain(next);
    assertThat(dump.lines()).endsWith("stopped after 1 (--limit)");
    assertThat(dump(file, "--limit=1000").lines())
        .isEqualTo(dump(file).lines())
        .noneMatch(line -> line.contains("stopped"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-0000000000000001", "log-0000000000000003", "MANIFEST"})
  void aCopyUnderAnotherNameIsKnownByItsContent(String file) throws IOException {
    Files.move(directory.resolve(file), directory.resolve("copy.bin"));
    List<String> expected = expected(1, file);
    assertThat(dump("copy.bin", "--values").lines().getFirst())
        .isEqualTo(expected.getFirst().replace(file, "copy.bin"));
    assertThat(dump("copy.bin", "--values").lines().stream().skip(1))
        .isEqualTo(expected.subList(1, expected.size()));
  }

  @Test
  void aFileUnderTheNameOfAnotherIsDamage() throws IOException {
    Files.move(
        directory.resolve("run-0000000000000001"), directory.resolve("run-0000000000000004"));
    assertThat(dump("run-0000000000000004").lines())
        .contains("@1200 DAMAGE: the footer is that of another run")
        .contains("    0: put 0x00ff, version 1, value 3 bytes");
    Files.move(
        directory.resolve("log-0000000000000003"), directory.resolve("log-0000000000000005"));
    assertThat(dump("log-0000000000000005").lines())
        .contains("@0 DAMAGE: the header of the log segment does not verify")
        .contains("@312 seal behind version 38: nothing follows, durable up to 37");
  }

  @Test
  void aSpareSegmentMayHoldAnEarlierUseOrNothing() throws IOException {
    Path spare = directory.resolve("spare-0000000000000009");
    Files.move(directory.resolve("log-0000000000000003"), spare);
    Ran dump = dump("spare-0000000000000009");
    assertThat(dump.exitCode()).isZero();
    assertThat(dump.lines())
        .startsWith("spare-0000000000000009, 512 bytes: spare log segment")
        .contains("    put \"logged\" in keyspace 1, value 10 bytes");
    Files.write(spare, new byte[4096]);
    dump = dump("spare-0000000000000009");
    assertThat(dump.exitCode()).isZero();
    assertThat(dump.lines()).endsWith("@0 no header: it was allocated and never used");
  }

  @Test
  void aLockNamesItsProcess() throws IOException {
    Files.writeString(directory.resolve("LOCK"), "4711");
    assertThat(dump("LOCK"))
        .isEqualTo(
            new Ran(
                0,
                "LOCK, 4 bytes: lock file%n@0 last locked by the process with pid 4711%n"
                    .formatted(),
                ""));
    for (String content : List.of("", "pid", "1".repeat(1000))) {
      Files.writeString(directory.resolve("LOCK"), content);
      Ran dump = dump("LOCK");
      assertThat(dump.exitCode()).isEqualTo(ExitCode.DAMAGED);
      assertThat(dump.out()).contains("@0 DAMAGE: there is no process id");
    }
  }

  @Test
  void whatIsNoFileOfADatabaseIsRefused() throws IOException {
    Files.writeString(
        directory.resolve("notes.txt"), "nothing that the engine wrote, and long enough");
    Ran dump = dump("notes.txt");
    assertThat(dump.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(dump.out()).isEmpty();
    assertThat(dump.err()).startsWith("dump: ").contains("is no file of a database");

    dump = dump("absent");
    assertThat(dump.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(dump.err()).contains("absent does not exist");

    dump = Ran.command("dump", directory);
    assertThat(dump.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(dump.err()).contains("is a directory").contains("MANIFEST");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run-0000000000000001|5|@0 DAMAGE: the checksum of a block|0: put \"key-07\", version 9",
        "run-0000000000000001|740|@736 DAMAGE: the checksum of a block|8: put \"zero\", version 26",
        "run-0000000000000001|820|@816 DAMAGE: the checksum of a block|@896 point index: 3 buckets",
        "run-0000000000000001|900|@896 DAMAGE: a page of the point index|@736 block 3: index",
        "run-0000000000000001|1100|@1096 DAMAGE: the checksum of a block|0: put \"key-07\", version 9",
        "run-0000000000000001|1210|@1200 DAMAGE: the footer does not verify|@816 block table: 4 blocks",
        "run-0000000000000003|140|@136 DAMAGE: the checksum of a block|3: put \"often\", version 35",
        "log-0000000000000003|130|@128 DAMAGE: a record is damaged or missing|@232 commit 38",
        "log-0000000000000003|66|@64 DAMAGE: a record is damaged or missing|@128 commit 37",
        "log-0000000000000003|17|@0 DAMAGE: the header of the log segment|@64 commit 36",
        "MANIFEST|50|@48 DAMAGE: an edit does not verify|keyspace 1 loses run-0000000000000009",
        "MANIFEST|33|@32 DAMAGE: the state at the start|keyspace 2 is users",
        "MANIFEST|29|@0 DAMAGE: the header of the manifest|keyspace 2 is users"
      })
  void damageIsNamedAndTheDumpGoesOn(String file, int offset, String damage, String later)
      throws IOException {
    flip(file, offset);
    Ran dump = dump(file);
    assertThat(dump.exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(dump.err()).isEmpty();
    assertThat(dump.lines()).anyMatch(line -> line.startsWith(damage));
    assertThat(dump.lines()).anyMatch(line -> line.strip().startsWith(later));
    assertThat(dump.lines()).endsWith("1 place is damaged");
  }

  @Test
  void anUnfinishedEndIsNoDamage() throws IOException {
    flip("log-0000000000000004", 300);
    Ran dump = dump("log-0000000000000004");
    assertThat(dump.exitCode()).isZero();
    assertThat(dump.lines())
        .endsWith("@272 unfinished record, 240 bytes: neither it nor what follows counts");
    flip("MANIFEST", 270);
    dump = dump("MANIFEST");
    assertThat(dump.exitCode()).isZero();
    assertThat(dump.lines()).contains("@256 unfinished edit, 40 bytes: it does not count");
  }

  /// Dumps without the command line around it. Returns what was written.
  private String print(String file) throws IOException {
    StringWriter written = new StringWriter();
    PrintWriter out = new PrintWriter(written);
    DumpOutput output = new DumpOutput(out, DumpOutput.Detail.VALUES, Long.MAX_VALUE);
    FileKind kind = Objects.requireNonNull(FileKind.ofName(file));
    try {
      Dump.print(kind, new DiskStorage(directory), file, output);
    } catch (FormatTooNewException e) {
      out.println(e.getMessage());
    }
    output.finish();
    return written.toString();
  }

  /// Whatever byte is wrong, the dump ends by itself, says so unless the byte has no meaning, and shows nothing wrong.
  @ParameterizedTest
  @MethodSource("files")
  void noFlippedByteIsShownAsIfItWereRight(int format, String file) throws IOException {
    GoldenDatabase.copyTo(directory, format);
    Path path = directory.resolve(file);
    byte[] whole = Files.readAllBytes(path);
    String right = print(file);
    Set<String> rightContent = content(right).collect(Collectors.toSet());
    int silent = 0;
    for (int offset = 0; offset < whole.length; offset++) {
      byte[] flipped = whole.clone();
      flipped[offset] ^= (byte) (1 << offset % 8);
      Files.write(path, flipped);
      String shown = print(file);
      if (shown.equals(right)) {
        silent++;
      } else {
        assertThat(shown).containsAnyOf("DAMAGE", "unfinished", "no record from here on");
        assertThat(content(shown)).as("offset " + offset).allMatch(rightContent::contains);
      }
    }
    // Zeros up to the next multiple of 8 or 64, and what no record has reached yet.
    assertThat(silent).isLessThan(file.startsWith("log") ? 240 : 80);
  }

  private static Stream<String> content(String shown) {
    return shown
        .lines()
        .takeWhile(line -> !line.startsWith("all edits together"))
        .filter(line -> line.startsWith("    "));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyCutFileCanBeDumped(int format, String file) throws IOException {
    GoldenDatabase.copyTo(directory, format);
    Path path = directory.resolve(file);
    byte[] whole = Files.readAllBytes(path);
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      String shown = print(file);
      assertThat(shown).startsWith(file + ", " + length + (length == 1 ? " byte" : " bytes"));
      boolean needsDamage = file.startsWith("run") || length < 32;
      assertThat(shown.contains("DAMAGE") || !needsDamage).as("length %d", length).isTrue();
    }
  }
}
