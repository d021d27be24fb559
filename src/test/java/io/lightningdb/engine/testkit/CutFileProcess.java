package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.IntegrityReport;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.PointIndex;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.cache.BlockCache;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.integrity.ScrubPace;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.io.ThreadWorkers;
import io.lightningdb.engine.log.LogInspection;
import io.lightningdb.engine.manifest.ManifestInspection;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunCopy;
import io.lightningdb.engine.run.RunInspection;
import io.lightningdb.engine.run.RunSalvage;
import io.lightningdb.engine.run.RunScrub;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A program that cuts files of databases while all kinds of readers use them. Arguments: an empty directory.
///
/// It lives, shows nothing that was not written, and is told which file is damaged: it prints how often, and `ok` in
/// the end.
public final class CutFileProcess {
  private static final int PAGE_BYTES = 4096;
  private static final int ENTRIES = 2000;
  private static final int LARGE = 1000;
  private static final List<String> KEYSPACES = List.of("plain", "packed", "ordered");

  private final Path directory;
  private final Path model;
  private final Map<String, Integer> faults = new TreeMap<>();
  private int copies;

  private CutFileProcess(Path directory) {
    this.directory = directory;
    this.model = directory.resolve("model");
  }

  /// Runs it.
  ///
  /// @param arguments the directory
  /// @throws IOException if it does not work
  public static void main(String[] arguments) throws IOException {
    new CutFileProcess(Path.of(arguments[0])).run();
    System.out.println("ok");
  }

  private static DatabaseOptions options() {
    return DatabaseOptions.defaults()
        .withLog(1 << 20, Duration.ofMinutes(1))
        .withDiskReserveBytes(0)
        .withScrub(ScrubPace.OFF);
  }

  private static byte[] key(int number) {
    return "%06d-and-what-makes-it-longer".formatted(number).getBytes(US_ASCII);
  }

  private static byte[] value(int number) {
    byte[] value = new byte[number == LARGE ? 200_000 : 90];
    Arrays.fill(value, (byte) (number | 1));
    return value;
  }

  private void run() throws IOException {
    try (Database database = Database.open(model.resolve("live"), options())) {
      for (String name : KEYSPACES) {
        KeyspaceOptions form =
            KeyspaceOptions.defaults()
                .withCompression(name.equals("packed") ? Compression.LZ4 : Compression.NONE)
                .withPointIndex(name.equals("ordered") ? PointIndex.NONE : PointIndex.HASH);
        Keyspace keyspace = database.keyspace(name, form);
        for (int i = 0; i < ENTRIES; i++) {
          keyspace.put(key(i), value(i), Durability.LOGGED);
        }
        keyspace.flush();
        for (int i = 0; i < 100; i++) {
          keyspace.put(key(i), value(i), Durability.LOGGED);
        }
      }
      copy(model.resolve("live"), model.resolve("files"));
    }
    for (String name : KEYSPACES) {
      for (boolean warm : new boolean[] {false, true}) {
        cutRunsInUse(name, warm);
      }
    }
    cutFilesAsTheyAreMapped();
    cutFilesBeingWritten();
    faults.forEach((reader, count) -> System.out.println(reader + " " + count));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private Path fresh() throws IOException {
    Path made = directory.resolve("copy-" + copies++);
    copy(model.resolve("files"), made);
    return made;
  }

  private static void cut(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  private static Path newest(Path directory, String prefix) throws IOException {
    return files(directory, prefix).stream().max(Path::compareTo).orElseThrow();
  }

  private static List<Path> files(Path directory, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  /// Something that may meet damage.
  private interface Work {
    void run() throws IOException;
  }

  /// Does some work, which succeeds or is told of damage in a file.
  private void attempt(String reader, String file, Work work) {
    try {
      work.run();
    } catch (EngineException | IOException e) {
      met(reader, file, String.valueOf(e.getMessage()), e);
    }
  }

  private void met(String reader, String file, String message, Throwable e) {
    boolean named = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      named |= String.valueOf(cause.getMessage()).contains(file);
    }
    if (!named) {
      throw new AssertionError(reader + " does not name " + file + ": " + message, e);
    }
    faults.merge(reader, 1, Integer::sum);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  // ---- runs that are open

  private void cutRunsInUse(String name, boolean warm) throws IOException {
    for (String reader : List.of("get", "forward", "reverse", "compact", "check", "backup")) {
      for (double share : new double[] {0, 0.4, 0.95}) {
        Path place = fresh();
        try (Database database = Database.open(place, options())) {
          Keyspace keyspace = database.keyspace(name);
          // So that nothing comes out of a memtable, and each keyspace has two runs.
          keyspace.flush();
          if (warm) {
            for (int i = 0; i < ENTRIES; i++) {
              require(Arrays.equals(keyspace.get(key(i)), value(i)), "it was well");
            }
          }
          keyspace.get(key(ENTRIES - 1));
          for (Path run : files(place, "run-")) {
            long pages = (Files.size(run) - 1) / PAGE_BYTES;
            cut(run, ((long) (pages * share)) * PAGE_BYTES);
          }
          read(reader, keyspace, database, place);
        } catch (EngineException e) {
          // Closing may meet the damage, too.
          met("close", "run-", String.valueOf(e.getMessage()), e);
        }
      }
    }
  }

  private void read(String reader, Keyspace keyspace, Database database, Path place)
      throws IOException {
    switch (reader) {
      case "get" -> {
        for (int i = 0; i < ENTRIES; i++) {
          int number = i;
          attempt(
              reader,
              "run-",
              () ->
                  require(
                      Arrays.equals(keyspace.get(key(number)), value(number)),
                      "a get shows what was not written under " + number));
        }
      }
      case "forward" -> attempt(reader, "run-", () -> scan(keyspace, Range.all(), 0, 1));
      case "reverse" ->
          attempt(reader, "run-", () -> scan(keyspace, Range.all().reversed(), ENTRIES - 1, -1));
      case "compact" -> {
        attempt(reader, "run-", keyspace::compact);
        faults.merge(reader, database.faultsSeen().size(), Integer::sum);
        attempt(reader, "run-", () -> scan(keyspace, Range.all(), 0, 1));
      }
      case "check" ->
          attempt(
              reader,
              "run-",
              () -> {
                IntegrityReport report = database.checkIntegrity();
                require(!report.isClean(), "a check finds the cut");
                report
                    .faults()
                    .forEach(fault ->
                        require(fault.file().startsWith("run-"), "a fault in " + fault.file()));
                faults.merge(reader, report.faults().size(), Integer::sum);
              });
      default ->
          attempt(
              reader,
              "run-",
              () -> {
                database.backup(
                    new DirectoryTarget(DiskStorage.inDirectory(place.resolve("backups"))),
                    BackupRequest.full());
                throw new AssertionError("a backup of cut runs is made");
              });
    }
  }

  private static void scan(Keyspace keyspace, Range range, int first, int step) {
    int number = first;
    try (Scan scan = keyspace.scan(range)) {
      while (scan.next()) {
        require(
            Arrays.equals(scan.key(), key(number)) && Arrays.equals(scan.value(), value(number)),
            "a scan shows what was not written in place of " + number);
        number += step;
      }
    }
    require(number == first + step * ENTRIES, "a scan ends before its end");
  }

  // ---- files that are cut between being mapped and being read

  /// Cuts files under their mappings.
  private static final class CuttingStorage extends PassingStorage {
    private final Path directory;
    private final String prefix;
    private final long bytes;

    CuttingStorage(Path directory, String prefix, long bytes) {
      super(new DiskStorage(directory));
      this.directory = directory;
      this.prefix = prefix;
      this.bytes = bytes;
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
      MemorySegment mapped = super.map(name, arena);
      if (name.startsWith(prefix)) {
        cut(directory.resolve(name), bytes);
      }
      return mapped;
    }
  }

  private void cutFilesAsTheyAreMapped() throws IOException {
    for (String prefix : List.of("MANIFEST", "log-", "run-")) {
      for (long bytes : places(prefix)) {
        onMapped(
            "verify",
            prefix,
            bytes,
            (storage, _) -> {
              IntegrityCheck check = new IntegrityCheck(storage, () -> false, (_, _) -> {});
              check.checkAll();
              check
                  .result()
                  .faults()
                  .forEach(fault -> met("verify", prefix, fault.reason(), fault));
            });
      }
    }
    for (long bytes : places("MANIFEST")) {
      onMapped("manifest", "MANIFEST", bytes, (storage, _) -> ManifestReader.read(storage));
      onMapped(
          "dump of a manifest",
          "MANIFEST",
          bytes,
          (storage, name) -> {
            ManifestInspection manifest = ManifestInspection.open(storage, name);
            manifest.verifyHeader();
            while (manifest.next() != null) {}
          });
      onMapped("open", "MANIFEST", bytes, (storage, _) -> open(storage));
    }
    for (long bytes : places("log-")) {
      onMapped("open", "log-", bytes, (storage, _) -> open(storage));
      onMapped(
          "dump of a log",
          "log-",
          bytes,
          (storage, name) -> {
            try (LogInspection log = LogInspection.open(storage, name)) {
              log.verifyHeader();
              while (log.next() != null) {}
            }
          });
    }
    for (long bytes : places("run-")) {
      onMapped("dump of a run", "run-", bytes, CutFileProcess::inspect);
      onMapped(
          "copy",
          "run-",
          bytes,
          (storage, name) ->
              RunCopy.copy(storage, identity(name), OutputStream.nullOutputStream()));
      onMapped(
          "salvage",
          "run-",
          bytes,
          (storage, name) -> {
            try (RunSalvage salvage = RunSalvage.open(storage, identity(name))) {
              EntryCursor entries = salvage.entries(KeyRange.ALL);
              while (entries.next()) {
                entries.copyValue(new byte[entries.valueLength()], 0);
              }
              if (!salvage.lost().isEmpty()) {
                throw new IOException("of " + name + " keys are lost");
              }
            }
          });
      onMapped(
          "scrub",
          "run-",
          bytes,
          (storage, name) -> {
            try (Run run = new Run(storage, identity(name), new BlockCache(1 << 20))) {
              RunScrub scrub = run.scrub();
              while (!scrub.isDone()) {
                scrub.read(1 << 20, fault -> met("scrub", name, fault.reason(), fault));
              }
            }
          });
      onMapped(
          "object",
          "run-",
          bytes,
          (storage, name) -> {
            try (InputStream in = new DirectoryTarget(storage).get(name)) {
              in.readAllBytes();
            }
          });
      onMapped("whole", "run-", bytes, Storage::read);
    }
  }

  private List<Long> places(String prefix) throws IOException {
    long size = Files.size(newest(model.resolve("files"), prefix));
    TreeSet<Long> places = new TreeSet<>(List.of(0L, 40L, 64L, size / 2, size - 1));
    for (double share : new double[] {0.3, 0.6, 0.9, 1}) {
      places.add(((long) (size * share)) / PAGE_BYTES * PAGE_BYTES);
    }
    places.removeIf(place -> place < 0 || place >= size);
    return new ArrayList<>(places);
  }

  /// Work with a file of a storage.
  private interface FileWork {
    void run(Storage storage, String name) throws IOException;
  }

  private void onMapped(String reader, String prefix, long bytes, FileWork work)
      throws IOException {
    Path place = fresh();
    String name = newest(place, prefix).getFileName().toString();
    attempt(reader, prefix, () -> work.run(new CuttingStorage(place, prefix, bytes), name));
  }

  private static void open(Storage storage) {
    var environment = new Environment(storage, Clock.SYSTEM, new ThreadWorkers(), 1);
    try (Database database = Database.open(environment, options())) {
      scan(database.keyspace("plain"), Range.all(), 0, 1);
    }
  }

  private RunWriter.Identity identity(String name) throws IOException {
    Storage whole = new DiskStorage(model.resolve("files"));
    try (RunInspection run = RunInspection.open(whole, name)) {
      return new RunWriter.Identity(
          run.statedFooter().databaseId(),
          run.properties().keyspaceId(),
          FileFormat.runFileId(name).orElseThrow());
    }
  }

  private static void inspect(Storage storage, String name) throws IOException {
    try (RunInspection run = RunInspection.open(storage, name)) {
      run.verifyFooter();
      run.pointIndex(run.properties().pointIndex(), damage -> {});
      int blocks = run.blocks();
      for (int number = 0; number < blocks; number++) {
        RunInspection.Block block = run.block(number);
        if (block.kind() == RunFormat.LEAF) {
          var entries = run.entries(block);
          for (int slot = 0; slot < entries.count(); slot++) {
            entries.entry(slot);
            entries.value(slot);
          }
        } else {
          run.children(block);
        }
      }
    }
  }

  // ---- files that are cut under their writer

  private void cutFilesBeingWritten() throws IOException {
    DiskStorage storage = DiskStorage.inDirectory(directory.resolve("writing"));
    byte[] bytes = new byte[16 << 10];
    for (long end : new long[] {0, PAGE_BYTES, 5000}) {
      try (StorageFile file = storage.create("stored-" + end)) {
        file.write(0, bytes, 0, bytes.length);
        file.store(100, bytes, 0, 100);
        cut(directory.resolve("writing").resolve("stored-" + end), end);
        attempt(
            "store",
            "stored-",
            () -> {
              file.store(6000, bytes, 0, 100);
              // In the last page that is left nothing fails before the sync.
              file.sync();
              throw new AssertionError("what was stored to a cut file is taken for stored");
            });
      }
    }
    Path place = fresh();
    Database database = Database.open(place, options());
    Keyspace keyspace = database.keyspace("plain");
    keyspace.put(key(1), value(1), Durability.LOGGED);
    cut(newest(place, "log-"), 0);
    attempt(
        "append",
        "log-",
        () -> {
          for (int i = 0; i < 100; i++) {
            keyspace.put(key(2), value(2), Durability.LOGGED);
          }
          throw new AssertionError("writes to a cut log are acknowledged");
        });
    require(Arrays.equals(keyspace.get(key(5)), value(5)), "reads go on");
    require(database.writeFailure().isPresent(), "the failure is known");
    attempt("append", "log-", database::close);
  }
}
