package io.lightningdb.engine.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.GoldenDatabase.Entry;
import io.lightningdb.engine.format.GoldenDatabase.RunContent;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.run.Found;
import io.lightningdb.engine.run.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the code to its formats: it reads the bytes of each that are kept, and writes those of the newest.
class FormatGoldenTest {
  @TempDir Path directory;

  private DiskStorage kept(int format) throws IOException {
    GoldenDatabase.copyTo(directory, format);
    return new DiskStorage(directory);
  }

  static Stream<String> filesWithoutChoice() {
    return GoldenDatabase.FILES.stream().filter(file -> !file.equals(GoldenDatabase.COMPRESSED));
  }

  static List<Integer> formats() {
    return GoldenDatabase.FORMATS;
  }

  static Stream<Arguments> runs() {
    return GoldenDatabase.FORMATS.stream()
        .flatMap(format ->
            Stream.of(
                    GoldenDatabase.plainRun(),
                    GoldenDatabase.compressedRun(),
                    GoldenDatabase.deletingRun(format))
                .map(content -> Arguments.of(format, content)));
  }

  @Test
  void everyFormatIsKept() {
    assertThat(GoldenDatabase.FORMATS)
        .isEqualTo(
            IntStream.rangeClosed(FileFormat.FORMAT_OLDEST, FileFormat.FORMAT).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("filesWithoutChoice")
  void theSameContentIsWrittenAsTheSameBytes(String file) throws IOException {
    byte[] kept = GoldenDatabase.kept(file, FileFormat.FORMAT);
    GoldenDatabase.write(
        new DiskStorage(directory),
        GoldenDatabase.kept(GoldenDatabase.COMPRESSED, FileFormat.FORMAT).length);
    byte[] written = Files.readAllBytes(directory.resolve(file));
    assertThat(GoldenDatabase.toHex(written)).isEqualTo(GoldenDatabase.toHex(kept));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void theManifestIsRead(int format) throws IOException {
    ManifestReader.Loaded loaded = ManifestReader.read(kept(format));
    assertThat(loaded.generation()).isEqualTo(GoldenDatabase.GENERATION);
    assertThat(loaded.cut()).isEmpty();
    Version version = loaded.version();
    assertThat(version.databaseId()).isEqualTo(GoldenDatabase.DATABASE_ID);
    assertThat(version.closed()).isFalse();
    assertThat(version.logStart()).isEqualTo(new Change.LogStart(3, 35));
    assertThat(version.momentMillis()).isEqualTo(format < 3 ? 0 : GoldenDatabase.TIME_MILLIS + 100);
    assertThat(version.properties())
        .isEqualTo(
            format < 3 ? Map.of() : Map.of("secured", Long.toString(GoldenDatabase.TIME_MILLIS)));
    assertThat(version.nextIds()).isEqualTo(new Change.NextIds(10, 4, 10));
    assertThat(version.keyspaces().values())
        .extracting(KeyspaceRecord::id, KeyspaceRecord::name, KeyspaceRecord::flushedVersion)
        .containsExactly(tuple(1, "default", 35L), tuple(2, "users", 27L));
    KeyspaceRecord first = Objects.requireNonNull(version.keyspace(1));
    assertThat(first.options())
        .containsEntry("compression", "none")
        .containsEntry("leaf-bytes", "4096")
        .hasSize(5);
    assertThat(first.runs()).extracting(RunRecord::fileId).containsExactly(3L, 1L);
    RunRecord deleting = first.runs().getFirst();
    assertThat(deleting.place()).isEqualTo(new RunRecord.Place(0, 3));
    assertThat(deleting.bounds()).isEqualTo(new KeyRange(GoldenDatabase.bytes("key-01"), null));
    assertThat(List.of(deleting.leastVersion(), deleting.greatestVersion()))
        .containsExactly(28L, 35L);
    assertThat(deleting.expiries().entries()).isEqualTo(format == 1 ? 0 : 3);
    assertThat(deleting.expiries().leastMillis())
        .isEqualTo(format == 1 ? ExpiryTime.NEVER : GoldenDatabase.EXPIRED_MILLIS);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void theLogIsRead(int format) throws IOException {
    List<String> bodies = new ArrayList<>();
    LogScan.Result scan =
        LogScan.run(
            kept(format),
            new LogScan.Start(GoldenDatabase.DATABASE_ID, 3, 35, false),
            (version, body, length) -> bodies.add(version + " " + hex(body, length)));
    List<CommitWriter> commits = GoldenDatabase.commits(format);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < commits.size(); i++) {
      expected.add(36 + i + " " + hex(commits.get(i).bytes(), commits.get(i).length()));
    }
    assertThat(bodies).isEqualTo(expected);
    assertThat(scan.cut()).isEmpty();
    assertThat(scan.segments())
        .extracting(LogScan.Scanned::sealed, LogScan.Scanned::lastVersion)
        .containsExactly(tuple(true, 38L), tuple(false, 40L));
    assertThat(scan.momentMillis()).isEqualTo(GoldenDatabase.TIME_MILLIS + (format < 3 ? 4 : 200));
    assertThat(scan.segments().getFirst().identity())
        .isEqualTo(new LogFormat.Identity(GoldenDatabase.DATABASE_ID, 3, GoldenDatabase.SALT));
  }

  private static String hex(byte[] bytes, int length) {
    return HexFormat.of().formatHex(bytes, 0, length);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void runsAreRead(int format, RunContent content) throws IOException {
    try (Run run = new Run(kept(format), content.identity(), new BlockCache(0))) {
      List<String> found = new ArrayList<>();
      EntryCursor entries = run.allVersions(KeyRange.ALL);
      while (entries.next()) {
        byte[] value = new byte[entries.valueLength()];
        entries.copyValue(value, 0);
        long expiry = entries.expiryMillis();
        found.add(
            new Entry(entries.kind(), entries.key(), entries.version(), value, expiry).toString());
      }
      assertThat(found).isEqualTo(content.entries().stream().map(Entry::toString).toList());
      assertThat(run.properties().pointIndex().buckets() > 0)
          .isEqualTo(content.form().pointIndex());
      assertThat(fragments(run.rangeTombstones().fragments()))
          .isEqualTo(fragments(content.tombstones().fragments()));
      for (Entry entry : content.entries()) {
        Found single = Objects.requireNonNull(Found.in(run, entry.key(), entry.version()));
        assertThat(single.version()).isEqualTo(entry.version());
        assertThat(single.value()).isEqualTo(entry.value());
        assertThat(single.expiryMillis()).isEqualTo(entry.expiryMillis());
      }
      assertThat(Found.in(run, GoldenDatabase.bytes("absent"), Limits.VERSION_MAX)).isNull();
    }
  }

  private static List<String> fragments(List<RangeTombstones.Fragment> fragments) {
    return fragments.stream().map(f -> f.range() + Arrays.toString(f.versions())).toList();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void theWholeIsADatabase(int format) throws IOException {
    GoldenDatabase.copyTo(directory, format);
    assertThat(Database.verify(directory, (_, _) -> {}).faults()).isEmpty();
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      assertThat(database.visibleVersion()).isEqualTo(40);
      assertThat(database.recovery().commitsReplayed()).isEqualTo(5);
      List<String> expected =
          List.of(
              "0x00ff=0x010203",
              "batch=part 1",
              "key-00=value of key 0",
              "key-07=new",
              "key-08=value of key 8",
              "key-09=value of key 9",
              "key-10=value of key 10",
              "key-11=value of key 11",
              format == 1 ? "logged=in the log" : "often=at last",
              format == 1 ? "often=at last" : "token=will expire");
      assertThat(content(database.keyspace("default")))
          .startsWith(expected.toArray(String[]::new))
          .hasSize(format == 1 ? 10 : 11)
          .last()
          .isEqualTo(format == 1 ? "often=at last" : "while=will expire");
      assertThat(content(database.keyspace("users")))
          .startsWith("batch=part 2", "large=" + "x".repeat(150), "user-0=" + user(0))
          .contains("user-5=" + user(5), "0x80=0x00ff")
          .hasSize(11);
    }
  }

  private static String user(int number) {
    return "{\"name\":\"user number " + number + "\",\"active\":true}";
  }

  private static List<String> content(Keyspace keyspace) {
    List<String> content = new ArrayList<>();
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        content.add(text(scan.key()) + "=" + text(scan.value()));
      }
    }
    return content;
  }

  private static String text(byte[] bytes) {
    boolean ascii = new String(bytes, StandardCharsets.ISO_8859_1).matches("[ -~]+");
    return ascii
        ? new String(bytes, StandardCharsets.US_ASCII)
        : "0x" + HexFormat.of().formatHex(bytes);
  }
}
