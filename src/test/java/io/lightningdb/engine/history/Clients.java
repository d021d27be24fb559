package io.lightningdb.engine.history;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.testkit.Crew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Clients of a database that append to lists and write registers, in transactions and without, and have it recorded.
/// *Thread-safe*, with a source of randomness for each thread.
final class Clients {
  private static final int KEYS = 5;
  private static final int APPENDS_PER_KEY = 40;

  private final Recorder recorder;
  private final Mode mode;
  private final AtomicLong appends = new AtomicLong();

  /// How clients behave.
  ///
  /// @param isolation of their transactions
  /// @param committer how these commit
  /// @param survival what a commit has to outlive when it is answered
  record Mode(Isolation isolation, Committer committer, Survival survival) {}

  /// What kind of end the history has to outlive.
  enum Survival {
    /// The death of the process: any durability will do.
    OF_PROCESS_DEATH,
    /// A power failure: commits are `SYNCED`, and what a reader saw counts once it is durable.
    OF_POWER_FAILURE
  }

  Clients(Recorder recorder, Mode mode) {
    this.recorder = recorder;
    this.mode = mode;
  }

  /// Runs one client's request, chosen at random.
  void run(Database database, SplittableRandom random) {
    Request request = new Request(database, random);
    switch (random.nextInt(10)) {
      case 0 -> request.appendOnCondition();
      case 1 -> request.writeBatch();
      case 2 -> request.readSnapshot();
      default -> request.transaction();
    }
  }

  /// Reads everything in one transaction.
  void readAll(Database database, SplittableRandom random) {
    Request request = new Request(database, random);
    request.readAll();
  }

  /// List keys come and go, so that lists stay short.
  private String listKey(long place) {
    return "list-%05d".formatted(appends.get() / APPENDS_PER_KEY + place);
  }

  /// One request. *Confined to one thread.*
  private final class Request {
    private final Database database;
    private final Keyspace keyspace;
    private final SplittableRandom random;
    private final Durability durability;
    private final Recorder.Draft draft = recorder.begin();
    private boolean writes;

    Request(Database database, SplittableRandom random) {
      this.database = database;
      this.keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      this.random = random;
      boolean synced = mode.survival() == Survival.OF_POWER_FAILURE || random.nextInt(10) == 0;
      this.durability = synced ? Durability.SYNCED : Durability.LOGGED;
    }

    /// Work that ends with its commit, whose failure leaves open whether it happened.
    private interface Commit {
      void run();
    }

    private void commit(Commit commit) {
      try {
        commit.run();
        draft.end(Attempt.Outcome.COMMITTED);
      } catch (EngineException.TransactionConflict | EngineException.ConditionFailed _) {
        draft.end(Attempt.Outcome.ABORTED);
      } catch (EngineException e) {
        draft.end(Attempt.Outcome.UNKNOWN);
        throw e;
      }
    }

    /// Ends an attempt that wrote nothing. What it saw may be newer than what is durable.
    private void endOfReader(long version) {
      boolean stays =
          mode.survival() == Survival.OF_PROCESS_DEATH
              || database.stats().durableVersion() >= version;
      draft.end(stays ? Attempt.Outcome.COMMITTED : Attempt.Outcome.UNKNOWN);
    }

    void transaction() {
      boolean mayWrite = random.nextInt(4) > 0;
      TransactionOptions options =
          TransactionOptions.defaults()
              .withIsolation(mode.committer().isolation(mode.isolation()))
              .withAccess(
                  mayWrite || random.nextBoolean()
                      ? TransactionOptions.Access.READ_WRITE
                      : TransactionOptions.Access.READ_ONLY);
      boolean ended = false;
      try (Transaction transaction = database.begin(options)) {
        try {
          int steps = 1 + random.nextInt(5);
          for (int i = 0; i < steps; i++) {
            step(transaction, mayWrite);
          }
        } catch (EngineException.TransactionConflict
            | EngineException.Deadlock
            | EngineException.LockTimeout _) {
          ended = true;
          draft.end(Attempt.Outcome.ABORTED);
          return;
        }
        ended = true;
        // Between what was read and the commit.
        Crew.letOthersGoOn();
        end(transaction);
      } finally {
        if (!ended) {
          draft.end(Attempt.Outcome.ABORTED);
        }
      }
    }

    private void end(Transaction transaction) {
      if (random.nextInt(12) == 0) {
        transaction.rollback();
        draft.end(Attempt.Outcome.ABORTED);
      } else if (!writes) {
        long version = transaction.commit(durability);
        endOfReader(version);
      } else {
        commit(() -> mode.committer().commit(database, transaction, durability));
      }
    }

    private void step(Transaction transaction, boolean mayWrite) {
      switch (random.nextInt(mayWrite ? 8 : 4)) {
        case 0, 1 -> readOne(transaction);
        case 2 -> walk(transaction, random.nextBoolean());
        case 3 -> readRegister(transaction);
        case 4, 5 -> append(transaction);
        case 6 -> writeRegister(transaction);
        default -> appendAndTakeBack(transaction);
      }
    }

    private void readOne(Transaction transaction) {
      String key = listKey(random.nextInt(KEYS));
      byte[] value = transaction.get(keyspace, Contents.key(key));
      draft.add(new Action.ReadList(key, Contents.list(value)));
    }

    /// Reads a range of lists as one scan, or the first few of it; absent ones are part of what it saw.
    private void walk(Transaction transaction, boolean reversed) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        keys.add(listKey(i));
      }
      keys.sort(null);
      byte[] end = Contents.key(keys.getLast() + "~");
      Range range = Range.between(Contents.key(keys.getFirst()), end);
      int stopAfter = random.nextInt(1, 2 * KEYS);
      Map<String, byte[]> seen = new HashMap<>();
      String last = null;
      boolean all = true;
      try (Scan scan = transaction.scan(keyspace, reversed ? range.reversed() : range)) {
        while (all && scan.next()) {
          last = Contents.text(scan.key());
          seen.put(last, scan.value());
          all = seen.size() < stopAfter;
        }
      }
      for (String key : keys) {
        boolean covered =
            all
                || (last != null
                    && (reversed ? key.compareTo(last) >= 0 : key.compareTo(last) <= 0));
        if (covered) {
          draft.add(new Action.ReadList(key, Contents.list(seen.get(key))));
        }
      }
    }

    private void readRegister(Transaction transaction) {
      String key = "register-" + random.nextInt(KEYS);
      byte[] value = transaction.get(keyspace, Contents.key(key));
      draft.add(new Action.Read(key, Contents.number(value)));
    }

    private void append(Transaction transaction) {
      String key = listKey(random.nextInt(KEYS));
      byte[] bytes = Contents.key(key);
      if (random.nextInt(5) == 0) {
        transaction.lockForUpdate(keyspace, bytes);
      }
      List<Long> elements = Contents.list(transaction.get(keyspace, bytes));
      if (random.nextBoolean()) {
        draft.add(new Action.ReadList(key, List.copyOf(elements)));
      }
      long element = recorder.freshValue();
      elements.add(element);
      put(transaction, bytes, Contents.list(elements, random));
      draft.add(new Action.Append(key, element));
      appends.incrementAndGet();
    }

    private void writeRegister(Transaction transaction) {
      String key = "register-" + random.nextInt(KEYS);
      if (random.nextBoolean()) {
        byte[] before = transaction.get(keyspace, Contents.key(key));
        draft.add(new Action.Read(key, Contents.number(before)));
      }
      long value = recorder.freshValue();
      put(transaction, Contents.key(key), Contents.number(value, random));
      draft.add(new Action.Write(key, value));
    }

    /// What is written behind a savepoint and taken back never happened.
    private void appendAndTakeBack(Transaction transaction) {
      Transaction.Savepoint savepoint = transaction.savepoint();
      byte[] key = Contents.key(listKey(random.nextInt(KEYS)));
      List<Long> elements = Contents.list(transaction.get(keyspace, key));
      elements.add(recorder.freshValue());
      transaction.put(keyspace, key, Contents.list(elements, random));
      transaction.rollbackTo(savepoint);
      readOne(transaction);
    }

    private void put(Transaction transaction, byte[] key, byte[] value) {
      transaction.put(keyspace, key, value);
      writes = true;
    }

    void appendOnCondition() {
      String key = listKey(random.nextInt(KEYS));
      byte[] bytes = Contents.key(key);
      Entry before = entry(bytes);
      List<Long> elements = Contents.list(before == null ? null : before.value());
      draft.add(new Action.ReadList(key, List.copyOf(elements)));
      long element = recorder.freshValue();
      elements.add(element);
      draft.add(new Action.Append(key, element));
      WriteBatch batch =
          new WriteBatch()
              .requireVersion(keyspace, bytes, before == null ? 0 : before.version())
              .put(keyspace, bytes, Contents.list(elements, random));
      appends.incrementAndGet();
      commit(() -> database.write(batch, durability));
    }

    private @Nullable Entry entry(byte[] key) {
      try {
        return keyspace.entry(key);
      } catch (EngineException e) {
        draft.end(Attempt.Outcome.ABORTED);
        throw e;
      }
    }

    void writeBatch() {
      WriteBatch batch = new WriteBatch();
      int count = random.nextInt(1, 3);
      int first = random.nextInt(KEYS);
      for (int i = 0; i < count; i++) {
        String key = "register-" + (first + i) % KEYS;
        long value = recorder.freshValue();
        batch.put(keyspace, Contents.key(key), Contents.number(value, random));
        draft.add(new Action.Write(key, value));
      }
      commit(() -> database.write(batch, durability));
    }

    void readSnapshot() {
      boolean ended = false;
      try (Snapshot snapshot = database.snapshot()) {
        for (int i = 0; i < KEYS; i++) {
          String list = listKey(i);
          byte[] value = keyspace.get(Contents.key(list), snapshot);
          draft.add(new Action.ReadList(list, Contents.list(value)));
          String register = "register-" + i;
          byte[] number = keyspace.get(Contents.key(register), snapshot);
          draft.add(new Action.Read(register, Contents.number(number)));
        }
        ended = true;
        endOfReader(snapshot.version());
      } finally {
        if (!ended) {
          draft.end(Attempt.Outcome.ABORTED);
        }
      }
    }

    void readAll() {
      try (Snapshot snapshot = database.snapshot()) {
        readAll(snapshot);
      }
      draft.end(Attempt.Outcome.COMMITTED);
    }

    private void readAll(Snapshot snapshot) {
      Map<String, byte[]> seen = new HashMap<>();
      try (Scan scan = keyspace.scan(Range.all(), snapshot)) {
        while (scan.next()) {
          seen.put(Contents.text(scan.key()), scan.value());
        }
      }
      for (long i = -appends.get() / APPENDS_PER_KEY; i < KEYS; i++) {
        String key = listKey(i);
        draft.add(new Action.ReadList(key, Contents.list(seen.get(key))));
      }
      for (int i = 0; i < KEYS; i++) {
        String key = "register-" + i;
        draft.add(new Action.Read(key, Contents.number(seen.get(key))));
      }
    }
  }
}
