package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ReadAdvice;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the files of a database in use are mapped, and what is asked for ahead of its readers.
class RunMappingTest {
  private static final int ENTRIES = 20_000;
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");

  @TempDir private Path directory;

  private static byte[] key(int number) {
    return "key-%08d".formatted(number).getBytes(UTF_8);
  }

  private static Database open(Storage storage) {
    return Database.open(
        new Environment(storage, Clock.SYSTEM, new CallerWorkers(), 5),
        DatabaseOptions.defaults().withLog(4 << 20, Duration.ofMillis(100)));
  }

  private static Keyspace filled(Database database) {
    Keyspace keyspace =
        database.keyspace("k", KeyspaceOptions.defaults().withCompression(Compression.NONE));
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < ENTRIES; i++) {
      batch.put(keyspace, key(i), new byte[100]);
    }
    database.write(batch, Durability.LOGGED);
    keyspace.flush();
    return keyspace;
  }

  private static int scan(Keyspace keyspace, int entriesMax) {
    int entries = 0;
    try (Scan scan = keyspace.scan(Range.all())) {
      while (entries < entriesMax && scan.next()) {
        entries++;
      }
    }
    return entries;
  }

  /// Keeps what was said of the mapping of each file.
  private static final class Recorder extends PassingStorage {
    private final Map<Long, String> names = new HashMap<>();
    private final Map<String, List<ReadAdvice>> advice = new HashMap<>();

    Recorder() {
      super(new SimulatedStorage());
    }

    @Override
    public MemorySegment map(String name, Arena arena) throws IOException {
      MemorySegment mapped = super.map(name, arena);
      names.put(mapped.address(), name);
      return mapped;
    }

    @Override
    public void advise(MemorySegment mapping, long position, long bytes, ReadAdvice given) {
      assertThat(bytes).isBetween(0L, mapping.byteSize() - position);
      advice.computeIfAbsent(names.get(mapping.address()), _ -> new ArrayList<>()).add(given);
    }

    long askedFor() {
      return advice.values().stream().flatMap(List::stream).filter(ReadAdvice.SOON::equals).count();
    }
  }

  @Test
  void runsAndNothingElseAreReadAtRandom() {
    Recorder storage = new Recorder();
    try (Database database = open(storage)) {
      filled(database).get(key(1));
    }
    assertThat(storage.advice).isNotEmpty();
    assertThat(storage.advice.keySet())
        .allSatisfy(name -> assertThat(FileFormat.runFileId(name)).isPresent());
    assertThat(storage.advice.values())
        .allSatisfy(given -> assertThat(given).startsWith(ReadAdvice.RANDOM));
  }

  @Test
  void readersOfAllAskAheadAndShortOnesOfVerifiedLeavesDoNot() {
    Recorder storage = new Recorder();
    try (Database database = open(storage)) {
      Keyspace keyspace = filled(database);
      scan(keyspace, Integer.MAX_VALUE);

      long before = storage.askedFor();
      for (int i = 0; i < ENTRIES; i++) {
        keyspace.get(key(i));
      }
      assertThat(scan(keyspace, 100)).isEqualTo(100);
      assertThat(storage.askedFor()).isEqualTo(before);

      assertThat(scan(keyspace, Integer.MAX_VALUE)).isEqualTo(ENTRIES);
      long scanned = storage.askedFor() - before;
      assertThat(scanned).isBetween(10L, 40L);

      assertThat(database.checkIntegrity().isClean()).isTrue();
      long checked = storage.askedFor() - before - scanned;
      assertThat(checked).isBetween(15L, 40L);
    }
  }

  @Test
  void theSystemReadsRunsAtRandom() throws IOException {
    assumeThat(MAPPINGS).exists();
    try (Database database = open(new DiskStorage(directory))) {
      Keyspace keyspace = filled(database);
      keyspace.get(key(1));
      assertThat(scan(keyspace, Integer.MAX_VALUE)).isEqualTo(ENTRIES);
      assertThat(database.checkIntegrity().isClean()).isTrue();

      List<String> runs = flags("run-");
      assertThat(runs).isNotEmpty().allSatisfy(each -> assertThat(each).contains(" rr "));
      assertThat(flags("log-")).allSatisfy(each -> assertThat(each).doesNotContain(" rr "));
    }
  }

  /// What the system says of the mappings of files of this database.
  private List<String> flags(String beginning) throws IOException {
    List<String> found = new ArrayList<>();
    boolean wanted = false;
    for (String line : Files.readAllLines(MAPPINGS)) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        wanted = line.contains(directory.toRealPath().resolve(beginning).toString());
      } else if (wanted && line.startsWith("VmFlags:")) {
        found.add(line + " ");
      }
    }
    return found;
  }
}
