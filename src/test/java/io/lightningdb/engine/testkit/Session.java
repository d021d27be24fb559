package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.io.SteadyClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Runs the steps of a history against a database and a model, and compares every answer.
///
/// *Not thread-safe.*
public final class Session implements AutoCloseable {
  private static final long VERSION_NEVER_GIVEN = Long.MAX_VALUE / 2;

  private final Machine machine;
  private final Variant variant;
  private final Oracle oracle;
  private final Map<Integer, Snapshot> snapshots = new HashMap<>();

  private final CRC32 answers = new CRC32();
  private Database database;
  private final SteadyClock time;
  private long mergesBefore;
  private long expiredBefore;

  /// Opens a database on a machine.
  ///
  /// @param machine where; a database may be there already, as `oracle` knows it
  /// @param variant the options
  /// @param oracle what was acknowledged
  public Session(Machine machine, Variant variant, Oracle oracle) {
    this.machine = machine;
    this.variant = variant;
    this.oracle = oracle;
    this.database = machine.open(variant.database());
    this.time = new SteadyClock(machine.clock());
    timePassed();
  }

  /// Lets the engine look at its clock, as it does all the time in life, and holds it to the time that it ought to show.
  private void timePassed() {
    long now = time.millis();
    oracle.model().setNowMillis(now);
    try (Snapshot snapshot = database.snapshot()) {
      long shown = snapshot.instant().toEpochMilli();
      expect(shown == now, () -> "the engine says it is " + shown + " where it is " + now);
    }
  }

  /// The database.
  ///
  /// @return the one that is open now
  public Database database() {
    return database;
  }

  /// A figure that is equal for sessions that got equal answers.
  ///
  /// @return a checksum of all answers
  public long answers() {
    return answers.getValue();
  }

  /// Number of merges of runs.
  ///
  /// @return a count over all restarts
  public long merges() {
    return mergesBefore + database.stats().compactions();
  }

  /// Number of entries that went because they had expired.
  ///
  /// @return a count over all restarts
  public long expired() {
    return expiredBefore + database.stats().expiredEntriesRemoved();
  }

  /// Runs steps one after the other, until the machine is dead.
  ///
  /// @param steps the history
  /// @throws AssertionError at the first answer that differs from the model's
  public void run(List<Step> steps) {
    for (int i = 0; i < steps.size() && !machine.storage().isDead(); i++) {
      try {
        run(steps.get(i));
      } catch (AssertionError e) {
        throw new AssertionError(
            "step %d, %s, under %s: %s".formatted(i, steps.get(i), variant, e.getMessage()), e);
      }
    }
  }

  /// Runs one step.
  ///
  /// @param step the step
  public void run(Step step) {
    switch (step) {
      case Step.Write write -> write(write);
      case Step.Configure configure -> configure(configure);
      case Step.Drop drop -> drop(drop);
      case Step.Flush flush -> onKeyspace(flush.keyspace(), Keyspace::flush);
      case Step.Compact compact -> onKeyspace(compact.keyspace(), Keyspace::compact);
      case Step.Get get -> onKeyspace(get.keyspace(), keyspace -> get(keyspace, get.key()));
      case Step.Walk walk -> onKeyspace(walk.keyspace(), keyspace -> walk(keyspace, walk));
      case Step.OpenSnapshot open -> openSnapshot(open.slot());
      case Step.ReadSnapshot read -> readSnapshot(read);
      case Step.CloseSnapshot close -> closeSnapshot(close.slot());
      case Step.Tick _ -> tick();
      case Step.JumpClock jump -> jump(jump.minutes());
      case Step.Pause _ -> machine.workers().pause();
      case Step.Resume _ -> machine.workers().resume();
      case Step.Reopen _ -> reopen();
    }
  }

  /// Work on one keyspace.
  private interface Work {
    void on(Keyspace keyspace);
  }

  private void onKeyspace(String name, Work work) {
    if (oracle.model().keyspaces().contains(name)) {
      work.on(database.keyspace(name));
    } else {
      expect(database.findKeyspace(name).isEmpty(), () -> "keyspace " + name + " is still there");
    }
  }

  private void write(Step.Write step) {
    if (!keyspacesExist(step)) {
      return;
    }
    oracle.begin(step);
    boolean due = isDue(step);
    long version;
    try {
      version = commit(step);
    } catch (EngineException.ConditionFailed e) {
      expect(!due, () -> "refused, though its condition holds: " + e.getMessage());
      oracle.refused();
      return;
    } catch (EngineException.Overloaded | EngineException.DiskReserveReached e) {
      // The system had nothing left: without a trace.
      oracle.refused();
      throw e;
    }
    expect(due, () -> "written, though its condition does not hold");
    oracle.acknowledged();
    long wanted = oracle.model().version();
    expect(version == wanted, () -> "version " + version + " where " + wanted + " is due");
    answered(version);
  }

  private boolean keyspacesExist(Step.Write step) {
    return step.changes().stream()
        .allMatch(change -> oracle.model().keyspaces().contains(change.keyspace()));
  }

  private long commit(Step.Write step) {
    Change first = step.changes().getFirst();
    if (step.changes().size() == 1 && step.condition() == Step.Demand.NONE) {
      Keyspace keyspace = database.keyspace(first.keyspace());
      switch (first) {
        case Change.Put put -> {
          return keyspace.put(put.key(), put.value(), step.durability());
        }
        case Change.PutFor put -> {
          return keyspace.put(put.key(), put.value(), put.expiry(), step.durability());
        }
        case Change.Delete delete -> {
          return keyspace.delete(delete.key(), step.durability());
        }
        case Change.DeleteRange _ -> {}
      }
    }
    return database.write(batch(step), step.durability());
  }

  private WriteBatch batch(Step.Write step) {
    WriteBatch batch = new WriteBatch();
    for (Change change : step.changes()) {
      change.addTo(batch, database.keyspace(change.keyspace()));
    }
    byte[] key = firstKey(step);
    if (key != null) {
      Change first = step.changes().getFirst();
      Keyspace keyspace = database.keyspace(first.keyspace());
      switch (step.condition()) {
        case NONE -> {}
        case SAME_VERSION -> batch.requireVersion(keyspace, key, versionOf(first, key));
        case OTHER_VERSION -> batch.requireVersion(keyspace, key, VERSION_NEVER_GIVEN);
        case PRESENT -> batch.requirePresent(keyspace, key);
      }
    }
    return batch;
  }

  private boolean isDue(Step.Write step) {
    byte[] key = firstKey(step);
    if (key == null) {
      return true;
    }
    return switch (step.condition()) {
      case NONE, SAME_VERSION -> true;
      case OTHER_VERSION -> false;
      case PRESENT -> versionOf(step.changes().getFirst(), key) > 0;
    };
  }

  private long versionOf(Change change, byte[] key) {
    Model model = oracle.model();
    Entry entry = model.get(change.keyspace(), key, model.version());
    return entry == null ? 0 : entry.version();
  }

  private static byte @Nullable [] firstKey(Step.Write step) {
    return switch (step.changes().getFirst()) {
      case Change.Put put -> put.key();
      case Change.PutFor put -> put.key();
      case Change.Delete delete -> delete.key();
      case Change.DeleteRange _ -> null;
    };
  }

  private void configure(Step.Configure step) {
    oracle.begin(step);
    var options = variant.choice(step.choice());
    database.configureKeyspace(step.keyspace(), options);
    oracle.acknowledged();
    expect(
        database.keyspace(step.keyspace()).options().equals(options),
        () -> "keyspace " + step.keyspace() + " has other options than it was given");
  }

  private void drop(Step.Drop step) {
    boolean there = oracle.model().keyspaces().contains(step.keyspace());
    Keyspace before = there ? database.keyspace(step.keyspace()) : null;
    oracle.begin(step);
    boolean dropped = database.dropKeyspace(step.keyspace());
    oracle.acknowledged();
    expect(dropped == there, () -> "drop answered " + dropped);
    if (before != null) {
      expectGone(before);
    }
  }

  private static void expectGone(Keyspace dropped) {
    try {
      dropped.get(new byte[] {1});
    } catch (EngineException.KeyspaceNotFound _) {
      return;
    }
    throw new AssertionError("keyspace " + dropped.name() + " can be read after it was dropped");
  }

  private void get(Keyspace keyspace, byte[] key) {
    Model model = oracle.model();
    Entry wanted = model.get(keyspace.name(), key, model.version());
    Entry found = keyspace.entry(key);
    expect(
        Oracle.same(found, wanted),
        () -> Oracle.text(found) + " where " + Oracle.text(wanted) + " is due");
    expect(
        Arrays.equals(keyspace.get(key), wanted == null ? null : wanted.value()),
        () -> "get and entry differ");
    answered(found == null ? 0 : found.version());
  }

  private void walk(Keyspace keyspace, Step.Walk step) {
    Model model = oracle.model();
    try (Scan scan = keyspace.scan(step.span().toRange())) {
      compare(
          entries(scan, step.limit()),
          model.scan(keyspace.name(), step.span(), model.version()),
          step.limit());
    }
  }

  private void compare(
      List<Map.Entry<byte[], Entry>> found, List<Map.Entry<byte[], Entry>> all, int limit) {
    String difference = Oracle.difference(found, all.subList(0, Math.min(limit, all.size())));
    expect(difference == null, () -> String.valueOf(difference));
    for (var entry : found) {
      answers.update(entry.getKey());
      answers.update(entry.getValue().value());
      answered(entry.getValue().version());
    }
  }

  private static List<Map.Entry<byte[], Entry>> entries(Scan scan, int limit) {
    List<Map.Entry<byte[], Entry>> entries = new ArrayList<>();
    while (entries.size() < limit && scan.next()) {
      Entry entry = scan.entry();
      expect(
          entry.value().length == scan.valueBytes(), () -> "valueBytes is not the value's length");
      entries.add(Map.entry(scan.key(), entry));
    }
    return entries;
  }

  private void openSnapshot(int slot) {
    closeSnapshot(slot);
    Snapshot snapshot = database.snapshot();
    long wanted = oracle.model().version();
    expect(
        snapshot.version() == wanted,
        () -> "a snapshot of " + snapshot.version() + " where " + wanted + " is due");
    expect(
        snapshot.instant().toEpochMilli() == oracle.model().nowMillis(),
        () -> "a snapshot of another time: " + snapshot.instant());
    snapshots.put(slot, snapshot);
  }

  private void readSnapshot(Step.ReadSnapshot step) {
    Snapshot snapshot = snapshots.get(step.slot());
    if (snapshot != null) {
      onKeyspace(step.keyspace(), keyspace -> read(keyspace, snapshot, step.span()));
    }
  }

  private void read(Keyspace keyspace, Snapshot snapshot, KeySpan span) {
    var wanted =
        oracle
            .model()
            .scan(keyspace.name(), span, snapshot.version(), snapshot.instant().toEpochMilli());
    try (Scan scan = keyspace.scan(span.toRange(), snapshot)) {
      compare(entries(scan, Integer.MAX_VALUE), wanted, Integer.MAX_VALUE);
    }
    for (var entry : wanted) {
      Entry found = keyspace.entry(entry.getKey(), snapshot);
      expect(
          Oracle.same(found, entry.getValue()),
          () -> Oracle.text(found) + " where " + Oracle.text(entry.getValue()) + " is due");
    }
  }

  private void closeSnapshot(int slot) {
    Snapshot snapshot = snapshots.remove(slot);
    if (snapshot != null) {
      snapshot.close();
    }
  }

  private void tick() {
    machine.pass(variant.database().logSyncInterval());
    timePassed();
    if (!machine.storage().isDead() && database.writeFailure().isEmpty()) {
      oracle.synced();
    }
  }

  /// Sets the clock, but never back so far that the engine follows: then what has expired may show again, or not, depending on
  /// what was merged.
  private void jump(int minutes) {
    long least = time.millis() - SteadyClock.STEP_BACK_MAX.toMillis() - machine.clock().millis();
    machine
        .clock()
        .jump(Duration.ofMillis(Math.max(least, Duration.ofMinutes(minutes).toMillis())));
    timePassed();
  }

  private void reopen() {
    mergesBefore = merges();
    expiredBefore = expired();
    close();
    database = machine.open(variant.database());
    // Time goes on over a restart as it does without one.
    timePassed();
    oracle.synced();
    oracle.check(database);
  }

  private void answered(long number) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      answers.update((int) (number >>> shift));
    }
  }

  private static void expect(boolean holds, Supplier<String> message) {
    if (!holds) {
      throw new AssertionError(message.get());
    }
  }

  /// Closes the snapshots and the database.
  @Override
  public void close() {
    snapshots.values().forEach(Snapshot::close);
    snapshots.clear();
    database.close();
  }
}
