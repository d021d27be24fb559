package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What was acknowledged, and so what a database must hold after its process or its machine died.
///
/// *Not thread-safe.* After a crash the database must hold the commits up to some version, whole, where that version is
/// not before any commit known to be durable; and the keyspaces must be those of the last acknowledged change of keyspaces,
/// or of the one in doubt. Versions are given without gaps, so that the version of a commit in doubt is known.
public final class Oracle {
  private final Model model;

  /// Newest commit that a power failure cannot take.
  private long durable;

  /// Begun and not acknowledged: it may or may not have happened, as a whole.
  private @Nullable Step inDoubt;

  /// What died.
  public enum Death {
    /// The process: everything acknowledged is there.
    PROCESS,
    /// The machine: everything durable is there.
    MACHINE
  }

  /// Watches over a model.
  ///
  /// @param model what was acknowledged; settled by [#settle]
  public Oracle(Model model) {
    this.model = model;
    model.create("default");
  }

  /// What was acknowledged.
  ///
  /// @return the model
  public Model model() {
    return model;
  }

  /// A step begins that changes what the database holds.
  ///
  /// @param step what it asks for
  public void begin(Step step) {
    inDoubt = step;
  }

  /// Tells whether a step began and was neither acknowledged nor refused.
  ///
  /// @return true if it may or may not have happened
  public boolean isInDoubt() {
    return inDoubt != null;
  }

  /// The step that began was refused, and changed nothing.
  public void refused() {
    inDoubt = null;
  }

  /// The step that began was acknowledged.
  public void acknowledged() {
    Step step = inDoubt;
    if (step == null) {
      throw new IllegalStateException("nothing began");
    }
    inDoubt = null;
    apply(step);
    if (step instanceof Step.Write write && write.durability() == Durability.SYNCED) {
      durable = model.version();
    }
  }

  /// Everything acknowledged so far became durable.
  public void synced() {
    durable = model.version();
  }

  private void apply(Step step) {
    switch (step) {
      case Step.Write write -> model.commit(write.changes());
      case Step.Configure configure -> model.create(configure.keyspace());
      case Step.Drop drop -> model.drop(drop.keyspace());
      default -> throw new IllegalStateException("not a change: " + step);
    }
  }

  /// Compares a database opened after a death with what must be there, and takes over what was found.
  ///
  /// @param database the database, just opened
  /// @param death what died
  /// @throws AssertionError if something is there that must not be, or the other way round
  public void settle(Database database, Death death) {
    long first = death == Death.MACHINE ? durable : model.version();
    settleKeyspaces(database);
    if (inDoubt instanceof Step.Write write) {
      model.commit(write.changes());
    }
    inDoubt = null;
    settleCommits(database, first);
    durable = death == Death.MACHINE ? model.version() : durable;
  }

  private void settleKeyspaces(Database database) {
    NavigableSet<String> found = new TreeSet<>();
    database.keyspaces().forEach(keyspace -> found.add(keyspace.name()));
    NavigableSet<String> acknowledged = new TreeSet<>(model.keyspaces());
    if (!found.equals(acknowledged) && inDoubt != null) {
      apply(inDoubt);
      inDoubt = null;
    }
    if (!found.equals(model.keyspaces())) {
      throw new AssertionError(
          "keyspaces " + found + " where " + acknowledged + " were acknowledged");
    }
  }

  private void settleCommits(Database database, long first) {
    long found = database.visibleVersion();
    if (found < first || found > model.version()) {
      throw new AssertionError(
          "the newest commit is %d, where it must be one of %d to %d"
              .formatted(found, first, model.version()));
    }
    model.rollback(found);
    check(database);
  }

  /// Compares everything after a write failed: the commit in doubt may be visible, as a whole.
  ///
  /// @param database the database, still open
  /// @throws AssertionError at the first difference
  public void checkAfterFailure(Database database) {
    long acknowledged = model.version();
    if (inDoubt instanceof Step.Write write && database.visibleVersion() > acknowledged) {
      model.commit(write.changes());
    }
    check(database);
    model.rollback(acknowledged);
  }

  /// Compares everything: walked forward, walked in reverse, and got one by one.
  ///
  /// @param database what is compared
  /// @throws AssertionError at the first difference from what was acknowledged
  public void check(Database database) {
    try (Snapshot now = database.snapshot()) {
      model.setNowMillis(now.instant().toEpochMilli());
    }
    if (database.visibleVersion() != model.version()) {
      throw new AssertionError(
          "the visible version is %d where %d is due"
              .formatted(database.visibleVersion(), model.version()));
    }
    for (String name : model.keyspaces()) {
      Keyspace keyspace = database.keyspace(name);
      check(keyspace, new KeySpan(KeySpan.Form.ALL, new byte[0], null, false));
      check(keyspace, new KeySpan(KeySpan.Form.ALL, new byte[0], null, true));
    }
  }

  private void check(Keyspace keyspace, KeySpan span) {
    List<Map.Entry<byte[], Entry>> wanted = model.scan(keyspace.name(), span, model.version());
    String difference = difference(entries(keyspace, span), wanted);
    if (difference != null) {
      throw new AssertionError(keyspace.name() + ": " + difference);
    }
    for (var entry : wanted) {
      Entry found = keyspace.entry(entry.getKey());
      if (!same(found, entry.getValue())) {
        throw new AssertionError(
            "%s: a scan finds %s where a get finds %s"
                .formatted(keyspace.name(), text(entry), text(found)));
      }
    }
  }

  private static List<Map.Entry<byte[], Entry>> entries(Keyspace keyspace, KeySpan span) {
    List<Map.Entry<byte[], Entry>> entries = new ArrayList<>();
    try (Scan scan = keyspace.scan(span.toRange())) {
      while (scan.next()) {
        entries.add(Map.entry(scan.key(), scan.entry()));
      }
    }
    return entries;
  }

  /// Describes the first difference of two lists of entries.
  ///
  /// @param actual what a database gave
  /// @param expected what the model gave
  /// @return null if they are equal
  static @Nullable String difference(
      List<Map.Entry<byte[], Entry>> actual, List<Map.Entry<byte[], Entry>> expected) {
    for (int i = 0; i < Math.max(actual.size(), expected.size()); i++) {
      var found = i < actual.size() ? actual.get(i) : null;
      var wanted = i < expected.size() ? expected.get(i) : null;
      if (found == null || wanted == null || !same(found, wanted)) {
        return "entry %d is %s where %s is due (%d entries where %d are due)"
            .formatted(i, text(found), text(wanted), actual.size(), expected.size());
      }
    }
    return null;
  }

  private static boolean same(Map.Entry<byte[], Entry> one, Map.Entry<byte[], Entry> other) {
    return Arrays.equals(one.getKey(), other.getKey()) && same(one.getValue(), other.getValue());
  }

  /// Compares values, versions, and when they expire.
  ///
  /// @param one an entry or null
  /// @param other an entry or null
  /// @return true if they are equal
  static boolean same(@Nullable Entry one, @Nullable Entry other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.version() == other.version()
        && one.expiryMillis() == other.expiryMillis()
        && Arrays.equals(one.value(), other.value());
  }

  private static String text(Map.@Nullable Entry<byte[], Entry> entry) {
    return entry == null ? "absent" : hex(entry.getKey()) + "=" + text(entry.getValue());
  }

  static String text(@Nullable Entry entry) {
    return entry == null
        ? "absent"
        : "%s (%d bytes, version %d, expires %s)"
            .formatted(
                hex(entry.value()), entry.value().length, entry.version(), entry.expiresAt());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 20));
  }
}
