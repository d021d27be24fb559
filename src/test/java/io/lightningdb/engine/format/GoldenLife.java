package io.lightningdb.engine.format;

import io.lightningdb.engine.BottomCompression;
import io.lightningdb.engine.Compression;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Expiry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Layout;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.backup.Goal;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.backup.Restore;
import io.lightningdb.engine.backup.Verification;
import io.lightningdb.engine.integrity.ScrubPace;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.ManifestReader;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.VirtualClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// A life of a database as a format has written it once, kept as `format/v2/life.zip`, ...: the directory that a killed process has
/// left, the place with its backups and archive, and what each of their states held when the engine of that format read them.
///
/// Keyspaces are made, changed and dropped between pieces of the archive; entries expire; the log is held by a keyspace that was not
/// flushed, and ends in a commit of which only a part was written; a storage failure has left a gap in the archive.
public final class GoldenLife {
  /// The formats whose life is kept.
  static final List<Integer> FORMATS = List.of(2, 3);

  static final DatabaseOptions OPTIONS =
      Variant.TINY
          .withArchivedLogBytesMax(64L << 20)
          .withScrub(new ScrubPace(1 << 20, Duration.ofDays(7)));

  /// The state of the directory itself.
  static final String NOW = "now";

  private static final String DATA = "data/";
  private static final String TARGET = "target/";
  private static final String STATES = "states.txt";
  private static final String HEAD = "# ";
  private static final FileTime NO_TIME = FileTime.fromMillis(315_532_800_000L);

  private static final long END_MILLIS = 1_700_000_000_000L + Duration.ofHours(3).toMillis();

  private GoldenLife() {}

  /// What is kept of a life.
  ///
  /// @param data files of the directory
  /// @param target objects of the place for backups
  /// @param clockMillis the time at the end
  /// @param states lines of [#content] by what they are of: [#NOW], or a backup and a version or time
  public record Kept(
      Map<String, byte[]> data,
      Map<String, byte[]> target,
      long clockMillis,
      Map<String, List<String>> states) {

    /// A machine that starts at the end of the life.
    Machine machine() {
      return machine(SimulatedStorage.of(data));
    }

    /// A machine with another disk, at the end of the life.
    Machine machine(SimulatedStorage storage) {
      VirtualClock clock = new VirtualClock();
      clock.jump(Duration.ofMillis(clockMillis - clock.millis()));
      return new Machine(storage, clock, new CallerWorkers(), 99);
    }

    BackupTarget backups() {
      return new DirectoryTarget(SimulatedStorage.of(target));
    }
  }

  /// Reads a life.
  ///
  /// @param format which format wrote it
  /// @return what is kept
  /// @throws IOException if nothing is
  public static Kept kept(int format) throws IOException {
    String resource = "/format/v" + format + "/life.zip";
    try (InputStream in = GoldenLife.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is missing");
      }
      return read(in);
    }
  }

  static Kept read(InputStream in) throws IOException {
    Map<String, byte[]> data = new TreeMap<>();
    Map<String, byte[]> target = new TreeMap<>();
    List<String> lines = List.of();
    ZipInputStream zip = new ZipInputStream(in);
    for (ZipEntry each = zip.getNextEntry(); each != null; each = zip.getNextEntry()) {
      String name = each.getName();
      byte[] bytes = zip.readAllBytes();
      if (name.equals(STATES)) {
        lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      } else if (name.startsWith(DATA)) {
        data.put(name.substring(DATA.length()), bytes);
      } else {
        target.put(name.substring(TARGET.length()), bytes);
      }
    }
    return new Kept(data, target, Long.parseLong(lines.getFirst()), states(lines));
  }

  private static Map<String, List<String>> states(List<String> lines) {
    Map<String, List<String>> states = new LinkedHashMap<>();
    List<String> current = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.startsWith(HEAD)) {
        current = new ArrayList<>();
        states.put(line.substring(HEAD.length()), current);
      } else {
        current.add(line);
      }
    }
    return states;
  }

  /// Lives the life and writes all of it. What is kept was written by the last engine of its format, and never is again.
  static void write(OutputStream out) throws IOException {
    SimulatedStorage place = new SimulatedStorage();
    SimulatedStorage left = torn(live(new DirectoryTarget(place)));
    Machine machine = Machine.on(SimulatedStorage.of(left.contents()), 99);
    machine.clock().jump(Duration.ofMillis(END_MILLIS - machine.clock().millis()));
    StringBuilder states = new StringBuilder().append(END_MILLIS).append('\n');
    try (Database database = machine.open(OPTIONS)) {
      append(states, NOW, content(database));
    }
    BackupTarget target = new DirectoryTarget(place);
    List<BackupEntry> entries = new Catalogue(target).list().entries();
    for (BackupEntry entry : entries) {
      for (Goal goal : goals(target, entry)) {
        String title = title(entries.indexOf(entry), goal);
        append(states, title, restored(machine, target, entry, goal));
      }
    }
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      put(zip, STATES, states.toString().getBytes(StandardCharsets.UTF_8));
      for (Map.Entry<String, byte[]> file : left.contents().entrySet()) {
        put(zip, DATA + file.getKey(), file.getValue());
      }
      for (Map.Entry<String, byte[]> object : place.contents().entrySet()) {
        put(zip, TARGET + object.getKey(), object.getValue());
      }
    }
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setLastModifiedTime(NO_TIME);
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static void append(StringBuilder states, String title, List<String> content) {
    states.append(HEAD).append(title).append('\n');
    content.forEach(line -> states.append(line).append('\n'));
  }

  static String title(int backup, Goal goal) {
    return "backup "
        + backup
        + switch (goal) {
          case Goal.Backup() -> "";
          case Goal.ToVersion(long version) -> " version " + version;
          case Goal.ToTime(long millis) -> " time " + millis;
        };
  }

  /// The backup itself, each version that it can be carried on to, and some times.
  static List<Goal> goals(BackupTarget target, BackupEntry entry) {
    List<Goal> goals = new ArrayList<>(List.of(new Goal.Backup()));
    for (long version = entry.version();
        isReachable(target, entry, new Goal.ToVersion(version));
        version++) {
      goals.add(new Goal.ToVersion(version));
    }
    for (long millis = entry.createdMillis();
        millis <= END_MILLIS;
        millis += Duration.ofMinutes(13).toMillis()) {
      Goal goal = new Goal.ToTime(millis);
      if (isReachable(target, entry, goal)) {
        goals.add(goal);
      }
    }
    return goals;
  }

  private static boolean isReachable(BackupTarget target, BackupEntry entry, Goal goal) {
    try {
      restore(target, entry, goal);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static SimulatedStorage restore(BackupTarget target, BackupEntry entry, Goal goal)
      throws IOException {
    SimulatedStorage directory = new SimulatedStorage();
    new Restore(target, directory, new SplittableRandom(5), () -> false, (_, _) -> {})
        .run(entry.id(), goal);
    return directory;
  }

  /// Content of what is restored, at the end of the life.
  static List<String> restored(Machine machine, BackupTarget target, BackupEntry entry, Goal goal)
      throws IOException {
    SimulatedStorage directory = restore(target, entry, goal);
    try (Database database =
        new Machine(directory, machine.clock(), new CallerWorkers(), 3).open(Variant.TINY)) {
      return content(database);
    }
  }

  /// The visible version, each keyspace with its options, and each entry.
  static List<String> content(Database database) {
    List<String> lines = new ArrayList<>();
    lines.add("version " + database.visibleVersion());
    for (Keyspace keyspace : database.keyspaces()) {
      lines.add("keyspace " + keyspace.name() + " " + keyspace.options());
      try (Scan scan = keyspace.scan(Range.all())) {
        while (scan.next()) {
          lines.add(
              "%s %d %s %s"
                  .formatted(
                      HexFormat.of().formatHex(scan.key()),
                      scan.version(),
                      scan.expiresAt(),
                      inShort(scan.value())));
        }
      }
    }
    return lines;
  }

  /// Length and CRC-32C: what a state holds is compared, not kept.
  private static String inShort(byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(value);
    return "%d %08x".formatted(value.length, crc.getValue());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void fill(Keyspace keyspace, int from, int to) {
    for (int i = from; i < to; i++) {
      byte[] value =
          bytes("{\"number\":" + i + ",\"text\":\"" + "some text ".repeat(i % 7) + "\"}");
      keyspace.put(
          bytes("key-%03d".formatted(i)),
          value,
          i % 4 == 0 ? Durability.SYNCED : Durability.LOGGED);
    }
  }

  private static SimulatedStorage live(BackupTarget target) throws IOException {
    KeyspaceOptions defaults = KeyspaceOptions.defaults();
    Machine machine = Machine.empty();
    Database database = machine.open(OPTIONS);
    LogArchiver archiver = database.archiveTo(target);
    Keyspace orders =
        database.keyspace(
            "orders",
            defaults
                .withLayout(Layout.READ_OPTIMIZED)
                .withCompression(Compression.LZ4)
                .withBottomCompression(BottomCompression.ZSTD)
                .withLeafBytes(512));
    Keyspace sessions = database.keyspace("sessions", defaults.withDefaultTtl(Duration.ofHours(1)));
    Keyspace drafts = database.keyspace("drafts", defaults.withCompression(Compression.NONE));
    fill(orders, 0, 24);
    fill(sessions, 0, 4);
    fill(drafts, 0, 5);
    orders.flush();
    archiver.run();
    machine.pass(Duration.ofMinutes(10));
    BackupEntry full = database.backup(target, BackupRequest.full());
    database.write(
        new WriteBatch()
            .put(orders, bytes("in a batch"), bytes("part 1"))
            .put(drafts, bytes("in a batch"), bytes("part 2"))
            .delete(orders, bytes("key-003"))
            .deleteRange(orders, Range.between(bytes("key-010"), bytes("key-014"))),
        Durability.SYNCED);
    sessions.put(
        bytes("long"), bytes("lived"), Expiry.after(Duration.ofDays(900)), Durability.LOGGED);
    machine.pass(Duration.ofMinutes(5));
    archiver.run();
    database.configureKeyspace("orders", defaults.withLeafBytes(1024));
    database.dropKeyspace("drafts");
    Keyspace later = database.keyspace("later", defaults);
    fill(later, 0, 6);
    fill(orders, 20, 28);
    orders.flush();
    archiver.run();
    machine.pass(Duration.ofMinutes(20));
    BackupEntry incremental = database.backup(target, BackupRequest.incremental(full.id()));
    new Catalogue(target)
        .verified(
            full.id(), new Verification(machine.clock().millis(), Verification.Depth.RESTORED, ""));
    new Catalogue(target)
        .verified(
            incremental.id(),
            new Verification(machine.clock().millis(), Verification.Depth.OBJECTS, "a fault"));
    drafts = database.keyspace("drafts", defaults);
    fill(drafts, 50, 53);
    machine.pass(Duration.ofMinutes(10));
    fill(sessions, 4, 6);
    archiver.run();
    fill(orders, 40, 44);
    resumeBehindFailure(machine, database);
    archiver.run();
    fill(orders, 44, 47);
    database.close();

    machine.pass(Duration.ofMinutes(30));
    database = machine.open(OPTIONS);
    archiver = database.archiveTo(target);
    orders = database.keyspace("orders");
    sessions = database.keyspace("sessions");
    later = database.keyspace("later");
    archiver.run();
    database.backup(target, BackupRequest.full());
    fill(later, 6, 9);
    fill(sessions, 6, 9);
    // What is in the log for a keyspace that is not flushed holds what was flushed of others.
    for (int i = 0; i < 18; i++) {
      byte[] value = new byte[4000];
      Arrays.fill(value, (byte) ('a' + i % 20));
      orders.put(bytes("large-" + i % 5), value, Durability.LOGGED);
    }
    orders.flush();
    archiver.run();
    machine.pass(Duration.ofMinutes(1));
    fill(orders, 60, 62);
    later.put(bytes("synced"), bytes("at last"), Durability.SYNCED);
    later.put(bytes("not synced"), bytes("and whole"), Durability.LOGGED);
    later.put(bytes("torn"), new byte[300], Durability.LOGGED);
    return machine.kill().storage();
  }

  private static void resumeBehindFailure(Machine machine, Database database) {
    machine
        .storage()
        .failAt(machine.storage().operations() + 1, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
    try {
      database.keyspace("orders").put(bytes("failed"), bytes("or not"), Durability.SYNCED);
      throw new IllegalStateException("the sync did not fail");
    } catch (EngineException.ReadOnly _) {
      database.resume();
    }
  }

  /// The same without the end of its last commit.
  private static SimulatedStorage torn(SimulatedStorage storage) throws IOException {
    Version version = ManifestReader.read(storage).version();
    LogScan.Result scan =
        LogScan.run(
            storage,
            new LogScan.Start(
                version.databaseId(),
                version.logStart().sequence(),
                version.logStart().version(),
                false),
            (_, _, _) -> {});
    LogScan.Scanned last =
        scan.segments().stream().filter(each -> !each.sealed()).findFirst().orElseThrow();
    Map<String, byte[]> contents = storage.contents();
    byte[] segment = contents.get(FileFormat.log(last.identity().sequence()));
    Arrays.fill(segment, (int) last.end() - 100, (int) last.end(), (byte) 0x5A);
    return SimulatedStorage.of(contents);
  }
}
