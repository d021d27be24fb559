package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.IntegrityReport;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.RecoveryReport;
import io.lightningdb.engine.Scan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Opens a damaged copy of a specimen, reads all of it, and tells whether the damage was noticed.
///
/// *Not thread-safe.* Nothing that was damaged may ever be served: each answer is exact, or a report of damage that names a
/// damaged file.
public final class Examination {
  private final Specimen specimen;
  private final Set<String> damaged;
  private final SimulatedStorage storage;
  private final NavigableMap<String, byte[]> before;
  private boolean reported;

  /// What became of the damage.
  public enum Verdict {
    /// It was reported, and no answer was wrong.
    DETECTED,
    /// It was where nothing is: every answer is right.
    HARMLESS,
    /// The last commits were taken for unfinished; every answer is right without them.
    CUT
  }

  /// What an examination found.
  ///
  /// @param verdict what became of the damage
  /// @param version the newest commit served
  /// @param cut where the log was cut, if that was reported
  public record Finding(Verdict verdict, long version, Optional<RecoveryReport.Cut> cut) {}

  private Examination(Specimen specimen, Map<String, byte[]> files, Set<String> damaged) {
    this.specimen = specimen;
    this.damaged = damaged;
    this.storage = SimulatedStorage.of(files);
    this.before = withoutLock(files);
  }

  /// Examines a copy.
  ///
  /// @param specimen the sound database
  /// @param files the copy
  /// @param damaged names of the files that differ
  /// @return what was found
  /// @throws AssertionError if any answer was wrong, or a sound file was blamed
  public static Finding examine(Specimen specimen, Map<String, byte[]> files, Set<String> damaged) {
    return new Examination(specimen, files, damaged).examine(false);
  }

  /// Examines a copy, merges all it can, and examines it again: damage must not get lost in a merge.
  ///
  /// @param specimen the sound database
  /// @param files the copy
  /// @param damaged names of the files that differ
  /// @return what was found
  /// @throws AssertionError if any answer was wrong, or a sound file was blamed
  public static Finding examineMerging(
      Specimen specimen, Map<String, byte[]> files, Set<String> damaged) {
    return new Examination(specimen, files, damaged).examine(true);
  }

  private Finding examine(boolean merging) {
    Database database;
    try {
      database = Machine.on(storage, 3).open(Specimen.variant().database());
    } catch (EngineException.Corruption e) {
      blame(e.file(), e);
      checkUntouched();
      return new Finding(Verdict.DETECTED, 0, Optional.empty());
    } catch (EngineException.FormatTooNew _) {
      checkUntouched();
      return new Finding(Verdict.DETECTED, 0, Optional.empty());
    }
    long version = versionServed(database);
    readAll(database, version);
    checkReport(database);
    if (merging) {
      merge(database);
      readAll(database, version);
    }
    return new Finding(verdict(version), version, database.recovery().cut());
  }

  private Verdict verdict(long version) {
    if (reported) {
      return Verdict.DETECTED;
    }
    return version < specimen.model().version() ? Verdict.CUT : Verdict.HARMLESS;
  }

  private void checkUntouched() {
    NavigableMap<String, byte[]> after = withoutLock(storage.contents());
    boolean same =
        after.keySet().equals(before.keySet())
            && after.keySet().stream()
                .allMatch(name -> Arrays.equals(after.get(name), before.get(name)));
    expect(same, "the start was refused, but files were changed");
  }

  private static NavigableMap<String, byte[]> withoutLock(Map<String, byte[]> files) {
    NavigableMap<String, byte[]> left = new TreeMap<>(files);
    left.remove("LOCK");
    return left;
  }

  /// The newest commit, which is that of the specimen or one of the last before.
  private long versionServed(Database database) {
    long version = database.visibleVersion();
    long due = specimen.model().version();
    expect(
        version <= due && version >= due - specimen.tail().size(),
        "the newest commit is %d where %d is due".formatted(version, due));
    return version;
  }

  private void readAll(Database database, long version) {
    for (String name : specimen.model().keyspaces()) {
      Keyspace keyspace = database.findKeyspace(name).orElse(null);
      expect(keyspace != null, "keyspace " + name + " is missing");
      if (keyspace != null) {
        Specimen.keys().forEach(key -> tolerate(() -> get(keyspace, key, version)));
        tolerate(() -> walk(keyspace, false, version));
        tolerate(() -> walk(keyspace, true, version));
      }
    }
  }

  private void get(Keyspace keyspace, byte[] key, long version) {
    Entry found = keyspace.entry(key);
    Entry due = specimen.model().get(keyspace.name(), key, version);
    expect(
        Oracle.same(found, due),
        "%s: %s where %s is due".formatted(keyspace.name(), Oracle.text(found), Oracle.text(due)));
  }

  private void walk(Keyspace keyspace, boolean reversed, long version) {
    KeySpan span = new KeySpan(KeySpan.Form.ALL, new byte[0], null, reversed);
    List<Map.Entry<byte[], Entry>> due = specimen.model().scan(keyspace.name(), span, version);
    int count = 0;
    try (Scan scan = keyspace.scan(span.toRange())) {
      while (scan.next()) {
        expect(count < due.size(), keyspace.name() + ": a walk does not end");
        Entry found = scan.entry();
        var wanted = due.get(count);
        expect(
            Arrays.equals(scan.key(), wanted.getKey()) && Oracle.same(found, wanted.getValue()),
            "%s: a walk finds %s".formatted(keyspace.name(), Oracle.text(found)));
        count++;
      }
    }
    expect(count == due.size(), "%s: a walk ends after %d".formatted(keyspace.name(), count));
  }

  private void merge(Database database) {
    database.keyspaces().forEach(keyspace -> tolerate(keyspace::compact));
  }

  /// What a read met, the integrity check and the list of faults must know too.
  private void checkReport(Database database) {
    boolean met = reported;
    IntegrityReport report = database.checkIntegrity();
    for (IntegrityReport.Fault fault : report.faults()) {
      expect(damaged.contains(fault.file()), "the integrity check blames " + fault);
    }
    expect(!met || !report.isClean(), "the integrity check does not find what a read met");
    expect(!met || !database.faultsSeen().isEmpty(), "a read met damage that is not listed");
    reported = met || !report.isClean();
  }

  private void tolerate(Runnable read) {
    try {
      read.run();
    } catch (EngineException.Corruption e) {
      blame(e.file(), e);
      reported = true;
    }
  }

  /// A damaged manifest may name a file that is not there any more, which is then reported as missing.
  private void blame(String file, Exception report) {
    boolean isMissing = damaged.contains("MANIFEST") && !before.containsKey(file);
    expect(damaged.contains(file) || isMissing, "a sound file is blamed: " + report.getMessage());
  }

  private static void expect(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
