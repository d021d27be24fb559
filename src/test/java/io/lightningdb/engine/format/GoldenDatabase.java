package io.lightningdb.engine.format;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.log.AppendMode;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.manifest.VersionEdit;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A small database that was written once by each format and is kept as hexadecimal digits in `format/v1`, `format/v2`, ...,
/// and the same content to be written again. From format 2 on, some of its entries expire; from format 3 on the log has a mark, and the
/// manifest a moment and a property.
///
/// Keyspace 1 has two runs, one of them with range deletions, keyspace 2 has one that is compressed, and keyspace 3 was
/// dropped. The log holds a sealed segment and one that is not.
public final class GoldenDatabase {
  /// Its files.
  public static final List<String> FILES =
      List.of(
          "MANIFEST",
          "log-0000000000000003",
          "log-0000000000000004",
          "run-0000000000000001",
          "run-0000000000000002",
          "run-0000000000000003");

  /// Whose bytes depend on the compressor, which may choose among encodings.
  static final String COMPRESSED = "run-0000000000000002";

  /// The formats in which it is kept.
  public static final List<Integer> FORMATS = List.of(1, 2, 3);

  static final long DATABASE_ID = 0x0123_4567_89ab_cdefL;
  static final int GENERATION = 7;
  static final long SALT = 0x1122_3344_5566_7788L;
  static final long TIME_MILLIS = 1_700_000_000_000L;
  static final long EXPIRED_MILLIS = TIME_MILLIS + 500;
  static final int LOG_SEGMENT_BYTES = 544;

  private static final int DIGITS_PER_LINE = 64;

  private GoldenDatabase() {}

  /// Puts the files as format 1 wrote them into a directory.
  ///
  /// @param directory an empty directory
  /// @throws IOException if they cannot be written
  public static void copyTo(Path directory) throws IOException {
    copyTo(directory, 1);
  }

  /// Puts the files as they are kept into a directory.
  ///
  /// @param directory an empty directory
  /// @param format which of the [#FORMATS] wrote them
  /// @throws IOException if they cannot be written
  public static void copyTo(Path directory, int format) throws IOException {
    for (String file : FILES) {
      Files.write(directory.resolve(file), kept(file, format));
    }
  }

  static byte[] kept(String file, int format) throws IOException {
    String resource = "/format/v" + format + "/" + file + ".hex";
    try (InputStream in = GoldenDatabase.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is missing");
      }
      String digits =
          new String(in.readAllBytes(), StandardCharsets.US_ASCII)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .collect(Collectors.joining());
      return HexFormat.of().parseHex(digits);
    }
  }

  /// The form in which the files are kept.
  static String toHex(byte[] bytes) {
    String digits = HexFormat.of().formatHex(bytes);
    StringBuilder lines = new StringBuilder();
    for (int at = 0; at < digits.length(); at += DIGITS_PER_LINE) {
      lines.append(digits, at, Math.min(at + DIGITS_PER_LINE, digits.length())).append('\n');
    }
    return lines.toString();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// An entry of a run.
  record Entry(int kind, byte[] key, long version, byte[] value, long expiryMillis) {
    static Entry put(String key, long version, String value) {
      return put(key, version, value, ExpiryTime.NEVER);
    }

    static Entry put(String key, long version, String value, long expiryMillis) {
      return new Entry(Operation.PUT, bytes(key), version, bytes(value), expiryMillis);
    }

    static Entry delete(String key, long version) {
      return new Entry(Operation.DELETE, bytes(key), version, new byte[0], ExpiryTime.NEVER);
    }

    @Override
    public String toString() {
      return kind
          + " "
          + HexFormat.of().formatHex(key)
          + " "
          + version
          + " "
          + HexFormat.of().formatHex(value)
          + " "
          + expiryMillis;
    }
  }

  /// Entries of a list.
  private static final class ListCursor implements EntryCursor {
    private final List<Entry> entries;
    private int at = -1;

    ListCursor(List<Entry> entries) {
      this.entries = entries;
    }

    @Override
    public boolean next() {
      return ++at < entries.size();
    }

    @Override
    public byte[] key() {
      return entries.get(at).key();
    }

    @Override
    public int kind() {
      return entries.get(at).kind();
    }

    @Override
    public long version() {
      return entries.get(at).version();
    }

    @Override
    public long expiryMillis() {
      return entries.get(at).expiryMillis();
    }

    @Override
    public int valueLength() {
      return entries.get(at).value().length;
    }

    @Override
    public void copyValue(byte[] target, int offset) {
      byte[] value = entries.get(at).value();
      System.arraycopy(value, 0, target, offset, value.length);
    }
  }

  /// What a run is made of.
  record RunContent(
      RunWriter.Identity identity,
      RunWriter.Form form,
      RunRecord.Place place,
      List<Entry> entries,
      RangeTombstones tombstones) {}

  /// Several leaves; the versions of one key reach from one leaf into the next; a binary key and an empty value.
  static RunContent plainRun() {
    List<Entry> entries = new ArrayList<>();
    entries.add(
        new Entry(
            Operation.PUT, new byte[] {0, (byte) 0xFF}, 1, new byte[] {1, 2, 3}, ExpiryTime.NEVER));
    for (int i = 0; i < 12; i++) {
      entries.add(Entry.put("key-%02d".formatted(i), 2 + i, "value of key " + i));
    }
    for (int version = 25; version > 14; version--) {
      entries.add(Entry.put("often", version, "at version " + version));
    }
    entries.add(Entry.put("zero", 26, ""));
    return new RunContent(
        new RunWriter.Identity(DATABASE_ID, 1, 1),
        new RunWriter.Form(BlockCodec.PLAIN, true, 256),
        new RunRecord.Place(1, 1),
        entries,
        RangeTombstones.NONE);
  }

  static RunContent compressedRun() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      entries.add(
          Entry.put("user-" + i, 27, "{\"name\":\"user number " + i + "\",\"active\":true}"));
    }
    return new RunContent(
        new RunWriter.Identity(DATABASE_ID, 2, 2),
        new RunWriter.Form(BlockCodec.LZ4, true, 4096),
        new RunRecord.Place(0, 2),
        entries,
        RangeTombstones.NONE);
  }

  /// Deletions of keys and of ranges, one of them without end; from format 2 on also entries that expire.
  static RunContent deletingRun(int format) {
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                Entry.delete("key-01", 33),
                Entry.put("key-07", 34, "new"),
                Entry.delete("key-07", 28),
                Entry.put("often", 35, "at last")));
    if (format >= 2) {
      entries.add(Entry.put("session", 33, "has expired", EXPIRED_MILLIS));
      entries.add(Entry.put("while", 34, "will expire", ExpiryTime.MILLIS_MAX));
      entries.add(Entry.put("while", 29, "", ExpiryTime.MILLIS_MAX - 1));
    }
    RangeTombstones tombstones =
        RangeTombstones.of(
            List.of(
                deleted("key-03", "key-05", 30),
                deleted("key-05", "key-06", 31, 30),
                deleted("key-06", "key-08", 31),
                new RangeTombstones.Fragment(new KeyRange(bytes("zoo"), null), new long[] {32})));
    return new RunContent(
        new RunWriter.Identity(DATABASE_ID, 1, 3),
        new RunWriter.Form(BlockCodec.PLAIN, false, 4096),
        new RunRecord.Place(0, 3),
        entries,
        tombstones);
  }

  private static RangeTombstones.Fragment deleted(String lower, String upper, long... versions) {
    return new RangeTombstones.Fragment(new KeyRange(bytes(lower), bytes(upper)), versions);
  }

  /// Writes all files.
  ///
  /// @param storage an empty directory
  /// @param compressedBytes size that the manifest gives for the compressed run
  static void write(Storage storage, long compressedBytes) throws IOException {
    RunRecord plain = writeRun(storage, plainRun());
    RunRecord compressed = withFileBytes(writeRun(storage, compressedRun()), compressedBytes);
    RunRecord deleting = writeRun(storage, deletingRun(FileFormat.FORMAT));
    writeManifest(storage, plain, compressed, deleting);
    writeLog(storage);
  }

  private static RunRecord withFileBytes(RunRecord run, long fileBytes) {
    return new RunRecord(
            run.fileId(),
            run.place(),
            fileBytes,
            run.entries(),
            run.tombstones(),
            run.leastVersion(),
            run.greatestVersion(),
            run.bounds())
        .withExpiries(run.expiries());
  }

  private static RunRecord writeRun(Storage storage, RunContent content) throws IOException {
    long fileId = content.identity().fileId();
    try (StorageFile file = storage.create(FileFormat.run(fileId))) {
      RunWriter writer = new RunWriter(file, content.identity(), content.form());
      ListCursor entries = new ListCursor(content.entries());
      while (entries.next()) {
        writer.add(entries);
      }
      writer.rangeTombstones(content.tombstones());
      RunWriter.Written written = writer.finish();
      RunProperties properties = written.properties();
      return new RunRecord(
              fileId,
              content.place(),
              written.fileBytes(),
              properties.entries(),
              properties.tombstones(),
              properties.leastVersion(),
              properties.greatestVersion(),
              bounds(properties, content.tombstones()))
          .withExpiries(properties.expiries());
    }
  }

  private static KeyRange bounds(RunProperties properties, RangeTombstones tombstones) {
    KeyRange bounds = new KeyRange(properties.firstKey(), Keys.after(properties.lastKey()));
    for (RangeTombstones.Fragment fragment : tombstones.fragments()) {
      bounds = bounds.hull(fragment.range());
    }
    return bounds;
  }

  static SortedMap<String, String> options(String... namesAndValues) {
    SortedMap<String, String> options = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return options;
  }

  /// Every kind of change; the state at the start is that of a database closed in good order.
  private static void writeManifest(
      Storage storage, RunRecord plain, RunRecord compressed, RunRecord deleting)
      throws IOException {
    Version start =
        new Version(
            DATABASE_ID,
            new TreeMap<>(),
            new Change.LogStart(1, 0),
            new Change.NextIds(1, 1, 1),
            true,
            TIME_MILLIS,
            options("secured", Long.toString(TIME_MILLIS)),
            List.of());
    try (Manifest manifest = new Manifest(storage, start, GENERATION)) {
      manifest.apply(_ ->
          VersionEdit.of(
              new Change.KeyspaceSet(
                  1,
                  "default",
                  options(
                      "compression",
                      "none",
                      "durability",
                      "logged",
                      "layout",
                      "balanced",
                      "leaf-bytes",
                      "4096",
                      "point-index",
                      "none")),
              new Change.KeyspaceSet(2, "users", options()),
              new Change.KeyspaceSet(3, "gone", options()),
              new Change.NextIds(1, 4, 1)));
      RunRecord merged = new RunRecord(9, new RunRecord.Place(0, 9), 100, 1, 0, 1, 1, KeyRange.ALL);
      manifest.apply(_ ->
          VersionEdit.of(
              new Change.RunAdded(1, plain),
              new Change.RunAdded(1, merged),
              new Change.RunAdded(2, compressed),
              new Change.Flushed(2, 27),
              new Change.NextIds(10, 4, 10)));
      manifest.apply(_ ->
          VersionEdit.of(
              new Change.KeyspaceDropped(3),
              new Change.RunRemoved(1, 9),
              new Change.RunAdded(1, deleting),
              new Change.Flushed(1, 35),
              new Change.LogStart(3, 35),
              new Change.Moment(TIME_MILLIS + 100),
              new Change.Property("passing", "and gone")));
      manifest.apply(_ -> VersionEdit.of(new Change.Property("passing", "")));
    }
  }

  /// Every kind of operation; a mark behind what was synced, a seal where the first segment is full, what was not synced where the
  /// second ends.
  private static void writeLog(Storage storage) throws IOException {
    LogWriter.Start start = new LogWriter.Start(DATABASE_ID, LOG_SEGMENT_BYTES, 3, 35, () -> SALT);
    try (LogWriter log = new LogWriter(storage, Clock.SYSTEM, start, List.of())) {
      long version = 36;
      for (CommitWriter commit : commits(FileFormat.FORMAT)) {
        log.append(
            version,
            commit.bytes(),
            commit.length(),
            version % 2 == 0 ? AppendMode.WRITE : AppendMode.STORE);
        if (version == 37) {
          log.sync();
          log.appendMark(TIME_MILLIS + 200);
          log.sync();
        }
        version++;
      }
    }
  }

  static List<CommitWriter> commits(int format) {
    CommitWriter first = new CommitWriter(64);
    first.put(1, bytes("logged"), bytes("in the log"));
    CommitWriter several = new CommitWriter(64);
    several.put(1, bytes("batch"), bytes("part 1"));
    several.put(2, bytes("batch"), bytes("part 2"));
    several.delete(1, bytes("key-02"));
    CommitWriter ranges = new CommitWriter(64);
    ranges.deleteRange(2, new KeyRange(bytes("user-3"), bytes("user-5")));
    ranges.deleteRange(1, new KeyRange(bytes("z"), null));
    CommitWriter large = new CommitWriter(64);
    byte[] value = new byte[150];
    Arrays.fill(value, (byte) 'x');
    large.put(2, bytes("large"), value);
    CommitWriter last = new CommitWriter(64);
    last.put(2, new byte[] {(byte) 0x80}, new byte[] {0, (byte) 0xFF});
    if (format >= 2) {
      last.put(1, bytes("token"), bytes("will expire"), ExpiryTime.MILLIS_MAX);
      last.put(1, bytes("logged"), bytes("has expired"), EXPIRED_MILLIS);
    }
    List<CommitWriter> all = List.of(first, several, ranges, large, last);
    for (int i = 0; i < all.size(); i++) {
      all.get(i).finish(TIME_MILLIS + i);
    }
    return all;
  }
}
