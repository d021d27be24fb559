package io.lightningdb.engine.history;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.testkit.Crew;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// Something that transactions keep true, whoever runs beside them. *Thread-safe*: what it remembers of commits only grows.
abstract sealed class Scenario {
  private final AtomicLong committed = new AtomicLong();
  private final AtomicLong conflicts = new AtomicLong();

  /// Fills an empty database.
  abstract void fill(Database database);

  /// What one transaction does, conflicts not caught.
  abstract void change(Transaction transaction, Keyspace keyspace, SplittableRandom random);

  /// What is wrong with what one moment shows, empty if nothing.
  abstract String wrong(SortedMap<String, byte[]> content);

  /// What is wrong when nobody writes any more.
  String wrongAtEnd(SortedMap<String, byte[]> content) {
    return wrong(content);
  }

  void committed() {
    committed.incrementAndGet();
  }

  long commits() {
    return committed.get();
  }

  /// Runs one transaction to its end.
  final void act(
      Database database, Isolation isolation, SplittableRandom random, Durability durability) {
    act(database, isolation, Committer.ENGINE, random, durability);
  }

  final void act(
      Database database,
      Isolation isolation,
      Committer committer,
      SplittableRandom random,
      Durability durability) {
    Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    try (Transaction transaction = database.begin(isolation)) {
      change(transaction, keyspace, random);
      // Between what was read and the commit.
      Crew.letOthersGoOn();
      committer.commit(database, transaction, durability);
      committed();
    } catch (EngineException.TransactionConflict
        | EngineException.Deadlock
        | EngineException.LockTimeout _) {
      conflicts.incrementAndGet();
    }
  }

  @Override
  public String toString() {
    return getClass().getSimpleName();
  }

  String summary() {
    return "%s: %d commits, %d conflicts".formatted(this, commits(), conflicts.get());
  }

  /// What one moment shows, read in one of several ways.
  static SortedMap<String, byte[]> content(Database database, SplittableRandom random) {
    Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    Range range = random.nextBoolean() ? Range.all() : Range.all().reversed();
    if (random.nextInt(3) == 0) {
      try (Snapshot snapshot = database.snapshot();
          Scan scan = keyspace.scan(range, snapshot)) {
        return content(scan);
      }
    }
    Isolation isolation = random.nextBoolean() ? Isolation.SNAPSHOT : Isolation.SERIALIZABLE;
    TransactionOptions options = TransactionOptions.defaults().withIsolation(isolation);
    if (random.nextBoolean()) {
      options = options.withAccess(TransactionOptions.Access.READ_ONLY);
    }
    try (Transaction transaction = database.begin(options);
        Scan scan = transaction.scan(keyspace, range)) {
      SortedMap<String, byte[]> content = content(scan);
      content.replaceAll((key, _) -> read(transaction, keyspace, key));
      return content;
    }
  }

  private static byte[] read(Transaction transaction, Keyspace keyspace, String key) {
    byte[] value = transaction.get(keyspace, Contents.key(key));
    if (value == null) {
      throw new AssertionError(key + " was in the scan of the same transaction");
    }
    return value;
  }

  private static SortedMap<String, byte[]> content(Scan scan) {
    SortedMap<String, byte[]> content = new TreeMap<>();
    while (scan.next()) {
      content.put(Contents.text(scan.key()), scan.value());
    }
    return content;
  }

  static void put(Transaction transaction, Keyspace keyspace, String key, byte[] value) {
    transaction.put(keyspace, Contents.key(key), value);
  }

  static long number(Transaction transaction, Keyspace keyspace, String key) {
    return Contents.number(transaction.get(keyspace, Contents.key(key)));
  }

  /// Money moves between accounts; its sum does not change.
  static final class Bank extends Scenario {
    private static final int ACCOUNTS = 12;
    private static final long EACH = 100;

    @Override
    void fill(Database database) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < ACCOUNTS; i++) {
        batch.put(
            database.keyspace(Database.DEFAULT_KEYSPACE),
            Contents.key(account(i)),
            Contents.number(EACH, new SplittableRandom(i)));
      }
      database.write(batch);
    }

    private static String account(int number) {
      return "account-%02d".formatted(number);
    }

    @Override
    void change(Transaction transaction, Keyspace keyspace, SplittableRandom random) {
      int from = random.nextInt(ACCOUNTS);
      int to = (from + random.nextInt(1, ACCOUNTS)) % ACCOUNTS;
      if (random.nextInt(4) == 0) {
        transaction.lockForUpdate(keyspace, Contents.key(account(from)));
        transaction.lockForUpdate(keyspace, Contents.key(account(to)));
      }
      long left = number(transaction, keyspace, account(from));
      long right = number(transaction, keyspace, account(to));
      long amount = left == 0 ? 0 : random.nextLong(left + 1);
      put(transaction, keyspace, account(from), Contents.number(left - amount, random));
      put(transaction, keyspace, account(to), Contents.number(right + amount, random));
    }

    @Override
    String wrong(SortedMap<String, byte[]> content) {
      long sum = content.values().stream().mapToLong(Contents::number).sum();
      boolean negative = content.values().stream().anyMatch(value -> Contents.number(value) < 0);
      return sum == ACCOUNTS * EACH && !negative ? "" : "the sum is " + sum;
    }
  }

  /// Counters are incremented; none of the increments is lost.
  static final class Counters extends Scenario {
    private static final int COUNTERS = 4;

    @Override
    void fill(Database database) {}

    @Override
    void change(Transaction transaction, Keyspace keyspace, SplittableRandom random) {
      String key = "counter-" + random.nextInt(COUNTERS);
      if (random.nextInt(3) == 0) {
        transaction.lockForUpdate(keyspace, Contents.key(key));
      }
      long next = number(transaction, keyspace, key) + 1;
      put(transaction, keyspace, key, Contents.number(next, random));
    }

    @Override
    String wrong(SortedMap<String, byte[]> content) {
      return "";
    }

    @Override
    String wrongAtEnd(SortedMap<String, byte[]> content) {
      long sum = content.values().stream().mapToLong(Contents::number).sum();
      return sum == commits() ? "" : "counted " + sum + " of " + commits();
    }
  }

  /// Keys that point at each other in a ring change places; it stays one ring.
  static final class Ring extends Scenario {
    private static final int NODES = 10;

    @Override
    void fill(Database database) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < NODES; i++) {
        batch.put(
            database.keyspace(Database.DEFAULT_KEYSPACE),
            Contents.key(node(i)),
            Contents.number((i + 1) % NODES, new SplittableRandom(i)));
      }
      database.write(batch);
    }

    private static String node(long number) {
      return "node-" + number;
    }

    @Override
    void change(Transaction transaction, Keyspace keyspace, SplittableRandom random) {
      long first = random.nextInt(NODES);
      long second = number(transaction, keyspace, node(first));
      long third = number(transaction, keyspace, node(second));
      long fourth = number(transaction, keyspace, node(third));
      put(transaction, keyspace, node(first), Contents.number(third, random));
      put(transaction, keyspace, node(third), Contents.number(second, random));
      put(transaction, keyspace, node(second), Contents.number(fourth, random));
    }

    @Override
    String wrong(SortedMap<String, byte[]> content) {
      long at = 0;
      for (int steps = 1; steps <= NODES; steps++) {
        at = Contents.number(content.get(node(at)));
        if (at == 0) {
          return steps == NODES ? "" : "a ring of " + steps + " nodes";
        }
      }
      return "no ring";
    }
  }

  /// Doctors go off duty if another one stays: a write skew would leave nobody. Needs `SERIALIZABLE`.
  static final class Duty extends Scenario {
    private static final int DOCTORS = 4;

    @Override
    void fill(Database database) {
      database
          .keyspace(Database.DEFAULT_KEYSPACE)
          .put(Contents.key("doctor-0"), Contents.number(1, new SplittableRandom(0)));
    }

    @Override
    void change(Transaction transaction, Keyspace keyspace, SplittableRandom random) {
      int doctor = random.nextInt(DOCTORS);
      int others = 0;
      for (int i = 0; i < DOCTORS; i++) {
        if (i != doctor && number(transaction, keyspace, "doctor-" + i) == 1) {
          others++;
        }
      }
      long onDuty = others > 0 ? random.nextInt(3) / 2 : 1;
      put(transaction, keyspace, "doctor-" + doctor, Contents.number(onDuty, random));
    }

    @Override
    String wrong(SortedMap<String, byte[]> content) {
      return content.values().stream().anyMatch(value -> Contents.number(value) == 1)
          ? ""
          : "nobody is on duty";
    }
  }

  /// A room is booked once at most, for any of its hours: a phantom would book it twice. Needs `SERIALIZABLE`.
  static final class Rooms extends Scenario {
    private static final int ROOMS = 3;
    private static final int HOURS = 20;

    @Override
    void fill(Database database) {}

    @Override
    void change(Transaction transaction, Keyspace keyspace, SplittableRandom random) {
      String room = "room-" + random.nextInt(ROOMS) + "/";
      Range range =
          random.nextBoolean()
              ? Range.prefix(Contents.key(room))
              : Range.between(Contents.key(room), Contents.key(room + "~"));
      boolean free;
      try (Scan scan =
          transaction.scan(keyspace, random.nextBoolean() ? range.reversed() : range)) {
        free = !scan.next();
      }
      if (free) {
        String hour = room + "%02d".formatted(random.nextInt(HOURS));
        put(transaction, keyspace, hour, Contents.number(1, random));
      } else {
        transaction.deleteRange(keyspace, range);
        if (random.nextBoolean()) {
          String hour = room + "%02d".formatted(random.nextInt(HOURS));
          put(transaction, keyspace, hour, Contents.number(2, random));
        }
      }
    }

    @Override
    String wrong(SortedMap<String, byte[]> content) {
      for (int i = 0; i < ROOMS; i++) {
        String room = "room-" + i + "/";
        if (content.subMap(room, room + "~").size() > 1) {
          return room + " is booked twice: " + content.keySet();
        }
      }
      return "";
    }
  }
}
