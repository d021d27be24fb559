package io.lightningdb.tool.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.tool.Ran;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Imports and exports by the command line, in several parts.
class TransferClientTest extends ClientService {
  /// Three parts of 1 MiB.
  private static final int LINES = 2600;

  private static final String PADDING = "x".repeat(1000);

  @TempDir private Path directory;

  TransferClientTest() {
    super("cli-transfer");
  }

  @BeforeEach
  void empty() {
    emptyKeyspace();
  }

  private static String lines() {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= LINES; i++) {
      lines.append("{\"key\":\"k%05d\",\"value\":\"%s\"}\n".formatted(i, PADDING));
    }
    return lines.toString();
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void whatIsExportedIsWhatWasImported() throws IOException {
    Path source = Files.writeString(directory.resolve("in.ndjson"), lines());
    assertThat(done("import", "--durability=logged", source))
        .isEqualTo("2600 lines, 2600 imported, 0 rejected\n");
    Path plain = directory.resolve("out.ndjson");
    Path compressed = directory.resolve("out.ndjson.gz");
    assertThat(done("export", plain)).startsWith("2600 entries, ");
    assertThat(done("export", "--json", compressed)).isEqualTo("{\"entries\":2600}\n");
    assertThat(done("export")).isEqualTo(Files.readString(plain)).hasLineCount(LINES);
    assertThat(directory).isDirectoryNotContaining("glob:**.part");
    emptyKeyspace();
    assertThat(done("import", "--durability=logged", compressed)).startsWith("2600 lines, 2600 i");
    assertThat(done("export")).isEqualTo(Files.readString(plain));
  }

  @Test
  void aCompressedStreamTellsWhichLinesAreAcknowledged() throws IOException {
    Ran ran = runWith(gzip(lines()), "import", "--json", "--durability=logged", "-");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.lines()).hasSize(4);
    assertThat(ran.lines().getFirst())
        .matches("\\{\"acknowledgedLines\":10[0-9]{2},\"version\":[0-9]+}");
    assertThat(ran.lines().getLast())
        .startsWith(
            "{\"result\":{\"lines\":2600,\"acknowledgedLines\":2600,\"imported\":2600,\"rej");
  }

  @Test
  void aLineThatCannotBeImportedIsNamedAsItIsInTheWholeFile() throws IOException {
    String bad = lines().replace("{\"key\":\"k02500\"", "{\"kex\":\"k02500\"");
    Path source = Files.writeString(directory.resolve("in.ndjson"), bad);
    Ran stopped = run("import", "--durability=logged", source);
    assertThat(stopped.exitCode()).isEqualTo(ClientExit.REFUSED);
    assertThat(stopped.err())
        .startsWith("import: The import was stopped by a line (422 import-stopped). Line 2500 ")
        .contains("Lines up to 2499 are imported: --from-line 2500 goes on.")
        .hasLineCount(1);
    assertThat(done("count")).isEqualTo("2499\n");
    Ran json = run("import", "--json", "--durability=logged", source);
    assertThat(json.err()).contains("\"line\":2500", "\"acknowledgedLines\":2499");
    assertThat(done("import", "--durability=logged", "--from-line", 2501, source))
        .isEqualTo("2600 lines, 100 imported, 0 rejected\n");
    Ran skipped = run("import", "--durability=logged", "--on-error", "skip", source);
    assertThat(skipped.exitCode()).isZero();
    assertThat(skipped.out()).isEqualTo("2600 lines, 2599 imported, 1 rejected\n");
    assertThat(skipped.err()).startsWith("line 2500: ").hasLineCount(1);
  }

  @Test
  void rowsOfCsvMayHaveLineEndsWhereverAPartEnds() throws IOException {
    StringBuilder rows = new StringBuilder("id,note\n");
    for (int i = 1; i <= 1500; i++) {
      rows.append("%04d,\"one, \"\"two\"\"\n%s\"\n".formatted(i, PADDING));
    }
    rows.append("1501,a,b\n");
    Path source = Files.writeString(directory.resolve("in.csv"), rows.toString());
    Ran skipped = run("import", "--durability=logged", "--key-field=id", "--on-error=skip", source);
    assertThat(skipped.exitCode()).isZero();
    assertThat(skipped.out()).isEqualTo("3002 lines, 1500 imported, 1 rejected\n");
    assertThat(skipped.err()).startsWith("line 3002: ");
    assertThat(done("get", "1500"))
        .isEqualTo("{\"id\":\"1500\",\"note\":\"one, \\\"two\\\"\\n" + PADDING + "\"}");
    Ran stopped = run("import", "--durability=logged", "--key-field=id", source);
    assertThat(stopped.err()).contains("Line 3002 ", "Lines up to 3001 are imported");
  }

  @Test
  void whatIsNoImportOrExportIsToldInOneLine() throws IOException {
    Path source = Files.writeString(directory.resolve("in.csv"), "id,note\n");
    assertThat(run("import", source).err())
        .hasLineCount(1)
        .contains("The header row has no column ");
    assertThat(run("import", "nowhere.ndjson").exitCode()).isEqualTo(ClientExit.UNREADABLE);
    byte[] cut = java.util.Arrays.copyOf(gzip(lines()), 2000);
    Ran broken = runWith(cut, "import");
    assertThat(broken.exitCode()).isEqualTo(ClientExit.UNREADABLE);
    assertThat(broken.err()).hasLineCount(1).contains("The input cannot be read to its end");
    Ran nowhere = run("export", "-k", "nowhere", directory.resolve("x.ndjson"));
    assertThat(nowhere.exitCode()).isEqualTo(ClientExit.NOT_FOUND);
    assertThat(directory.resolve("x.ndjson")).doesNotExist();
    assertThat(run("export", "no/such/folder/x").exitCode()).isEqualTo(ClientExit.UNREADABLE);
    assertThat(run("import", "--from-line=0").exitCode()).isEqualTo(ClientExit.USAGE);
  }
}
