package io.lightningdb.engine.testkit;

import static io.lightningdb.engine.Durability.SYNCED;

import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Layout;
import io.lightningdb.engine.PointIndex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A small database on disk to be damaged, and what it holds.
///
/// @param name for messages
/// @param files its files by name
/// @param model what it holds
/// @param tail where its last commits stand in the log, oldest first
public record Specimen(
    String name, NavigableMap<String, byte[]> files, Model model, List<LogRecord> tail) {

  /// A commit in the log.
  ///
  /// @param version the commit
  /// @param file name of the segment
  /// @param start its first byte
  /// @param end the byte behind it
  public record LogRecord(long version, String file, int start, int end) {}

  private static final KeyspaceOptions SMALL_LEAVES =
      KeyspaceOptions.defaults().withLayout(Layout.WRITE_OPTIMIZED).withLeafBytes(512);

  /// One set of options for each keyspace: packed leaves with a point index, plain leaves with one, leaves packed by
  /// Zstandard without.
  private static final Variant VARIANT =
      new Variant(
          "specimen",
          Variant.TINY,
          List.of(
              SMALL_LEAVES,
              SMALL_LEAVES.withCompression(Compression.NONE),
              SMALL_LEAVES.withPointIndex(PointIndex.NONE).withCompression(Compression.ZSTD)));

  private static final List<String> KEYSPACES = List.of("default", "plain", "ordered");
  private static final int KEYS = 24;

  /// The options that it is opened with.
  ///
  /// @return small sizes
  public static Variant variant() {
    return VARIANT;
  }

  /// A database closed in order: everything is in runs.
  ///
  /// @return the specimen
  public static Specimen closed() {
    Machine machine = Machine.empty();
    Oracle oracle = new Oracle(new Model());
    try (Session session = new Session(machine, VARIANT, oracle)) {
      session.run(history());
    }
    return new Specimen("closed", contents(machine), oracle.model(), List.of());
  }

  /// A database whose process died after its last commit was synced: some of it is in the log alone, one keyspace even
  /// the manifest's last edit.
  ///
  /// @return the specimen
  public static Specimen killed() {
    Machine machine = Machine.empty();
    Oracle oracle = new Oracle(new Model());
    Session session = new Session(machine, VARIANT, oracle);
    session.run(history());
    session.run(new Step.Configure("late", 0));
    List<LogRecord> tail = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      NavigableMap<String, byte[]> before = contents(machine);
      session.run(Step.Write.of(SYNCED, put("late", i, i), put("default", i, 50 + i)));
      tail.add(newRecord(oracle.model().version(), before, contents(machine)));
    }
    return new Specimen("killed", contents(machine), oracle.model(), tail);
  }

  /// Finds the commit that was appended to a fresh, zeroed segment.
  private static LogRecord newRecord(
      long version, Map<String, byte[]> before, Map<String, byte[]> after) {
    for (var file : after.entrySet()) {
      byte[] earlier = before.getOrDefault(file.getKey(), new byte[0]);
      int start = Arrays.mismatch(earlier, file.getValue());
      if (start >= 0) {
        int end = file.getValue().length;
        while (file.getValue()[end - 1] == 0) {
          end--;
        }
        return new LogRecord(version, file.getKey(), start, end);
      }
    }
    throw new IllegalStateException("no file has changed");
  }

  /// A database like [#closed] with other values: its files have the same names and belong elsewhere.
  ///
  /// @return the specimen
  public static Specimen stranger() {
    Machine machine = Machine.on(new SimulatedStorage(), 2);
    Oracle oracle = new Oracle(new Model());
    try (Session session = new Session(machine, VARIANT, oracle)) {
      session.run(history());
    }
    return new Specimen("stranger", contents(machine), oracle.model(), List.of());
  }

  private static NavigableMap<String, byte[]> contents(Machine machine) {
    return new TreeMap<>(machine.storage().kill().contents());
  }

  /// Two runs and a range tombstone for each keyspace.
  private static List<Step> history() {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < KEYSPACES.size(); i++) {
      steps.add(new Step.Configure(KEYSPACES.get(i), i));
    }
    for (String keyspace : KEYSPACES) {
      for (int key = 0; key < KEYS; key++) {
        steps.add(Step.Write.of(Durability.LOGGED, put(keyspace, key, key)));
      }
      steps.add(new Step.Flush(keyspace));
      steps.add(
          Step.Write.of(
              SYNCED,
              put(keyspace, 3, 200),
              new Change.PutFor(keyspace, key(15), key(15), 60),
              new Change.PutFor(keyspace, key(16), key(16), 0),
              new Change.Delete(keyspace, key(5)),
              new Change.DeleteRange(keyspace, KeySpan.between(key(10), key(13))),
              put(keyspace, 11, 300)));
      steps.add(new Step.Flush(keyspace));
    }
    return steps;
  }

  private static Change put(String keyspace, int key, int seed) {
    byte[] value = ("value-" + seed + "-").repeat(seed % 7).getBytes(StandardCharsets.US_ASCII);
    byte[] noise = new byte[seed % 11];
    new SplittableRandom(seed).nextBytes(noise);
    byte[] both = Arrays.copyOf(value, value.length + noise.length);
    System.arraycopy(noise, 0, both, value.length, noise.length);
    return new Change.Put(keyspace, key(key), both);
  }

  /// One of its files.
  ///
  /// @param file the file's name
  /// @return its bytes; not to be changed
  public byte[] file(String file) {
    byte[] content = files.get(file);
    if (content == null) {
      throw new IllegalArgumentException("no file " + file + " among " + files.keySet());
    }
    return content;
  }

  static byte[] key(int number) {
    return "specimen/key-%02d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  /// Keys of which it holds some.
  ///
  /// @return keys in ascending order
  static List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    keys.add(new byte[] {0});
    for (int number = 0; number < KEYS + 2; number++) {
      keys.add(key(number));
    }
    return keys;
  }
}
