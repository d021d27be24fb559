package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Machine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Queues: an entry is put at one end, the first at the other end is looked for by a scan and deleted. However many were deleted
/// before it, a scan passes few entries before it finds one. On a simulated machine.
///
/// `-Dlightning.queue.pops=1000000` makes it as long as that, with memtables as large as by default.
class QueueTest {
  private static final long KIB = 1024;
  private static final int POPS = Integer.getInteger("lightning.queue.pops", 16_000);
  private static final boolean LONG = POPS > 100_000;

  // A gap is noted when 16 entries were passed: in the mean a pop passes half of them, and finds
  // one.
  private static final double VISITED_MAX = 12;

  // How much more the last tenth may visit than the first.
  private static final double GROWTH_MAX = 1.3;

  // Behind a start gaps are unknown: the first pop walks once through what is left of the deleted.
  private static final int POPS_TO_SETTLE = 1;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog((LONG ? 8192 : 256) * KIB, Duration.ofMillis(100))
          .withMemtables((LONG ? 65_536 : 256) * KIB, 4)
          .withRunBytesTarget((LONG ? 16_384 : 128) * KIB);

  private Machine machine = Machine.empty();

  enum Way {
    FORWARD,
    REVERSE,
    IN_TRANSACTIONS,
    IN_SERIALIZABLE_TRANSACTIONS
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(8).putInt(number).putInt(0x51).array();
  }

  /// A queue, and what it should hold.
  private static final class Queue {
    private final ArrayDeque<byte[]> expected = new ArrayDeque<>();
    private final Way way;
    private int pushed;

    Queue(Way way) {
      this.way = way;
    }

    void push(Keyspace keyspace) {
      // In reverse the queue grows downwards.
      byte[] key = key(way == Way.REVERSE ? Integer.MAX_VALUE - pushed : pushed);
      pushed++;
      keyspace.put(key, key, Durability.LOGGED);
      expected.add(key);
    }

    void pop(Database database, Keyspace keyspace) {
      Range range = way == Way.REVERSE ? Range.all().reversed() : Range.all();
      switch (way) {
        case FORWARD, REVERSE -> {
          byte[] first;
          try (Scan scan = keyspace.scan(range)) {
            first = first(scan);
          }
          keyspace.delete(first, Durability.LOGGED);
        }
        case IN_TRANSACTIONS -> popIn(database.begin(Isolation.SNAPSHOT), keyspace, range);
        case IN_SERIALIZABLE_TRANSACTIONS ->
            popIn(database.begin(Isolation.SERIALIZABLE), keyspace, range);
      }
    }

    private void popIn(Transaction begun, Keyspace keyspace, Range range) {
      try (Transaction transaction = begun) {
        byte[] first;
        try (Scan scan = transaction.scan(keyspace, range)) {
          first = first(scan);
        }
        transaction.delete(keyspace, first);
        transaction.commit();
      }
    }

    private byte[] first(Scan scan) {
      assertThat(scan.next()).isTrue();
      byte[] key = scan.key();
      assertThat(key).isEqualTo(expected.remove());
      return key;
    }
  }

  private static long passed(Keyspace keyspace) {
    return keyspace.store().gaps().entriesPassed();
  }

  /// Entries that scans looked at in some pops: those passed, and the one found by each.
  private static double visitedPerPop(Database database, Queue queue, int pops) {
    Keyspace keyspace = database.keyspace("queue", KeyspaceOptions.defaults());
    long before = passed(keyspace);
    for (int i = 0; i < pops; i++) {
      queue.push(keyspace);
      queue.pop(database, keyspace);
    }
    return (double) (passed(keyspace) - before + pops) / pops;
  }

  private static void fill(Database database, Queue queue, int backlog) {
    Keyspace keyspace = database.keyspace("queue", KeyspaceOptions.defaults());
    for (int i = 0; i < backlog; i++) {
      queue.push(keyspace);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theLastPopsLookAtNoMoreThanTheFirst(Way way) {
    Queue queue = new Queue(way);
    double first;
    try (Database database = machine.open(OPTIONS)) {
      fill(database, queue, 50);
      first = visitedPerPop(database, queue, POPS / 10);
      visitedPerPop(database, queue, POPS / 10 * 4);
    }
    double last;
    try (Database database = machine.open(OPTIONS)) {
      visitedPerPop(database, queue, POPS / 10 * 2);
      machine = machine.kill();
    }
    try (Database database = machine.open(OPTIONS)) {
      visitedPerPop(database, queue, POPS / 10 * 2);
      last = visitedPerPop(database, queue, POPS / 10);
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
    assertThat(first).isLessThan(VISITED_MAX);
    assertThat(last).isLessThan(GROWTH_MAX * first);
  }

  /// After a death of the process and after a clean stop, again and again. The walk through what is left of the deleted counts
  /// as well: it is done once, by the first pop.
  @ParameterizedTest
  @EnumSource(Way.class)
  void aRestartDoesNotBringTheDeletedBackToScans(Way way) {
    Queue queue = new Queue(way);
    double first;
    try (Database database = machine.open(OPTIONS)) {
      fill(database, queue, 50);
      first = visitedPerPop(database, queue, POPS / 10);
      assertThat(first).isLessThan(VISITED_MAX);
      visitedPerPop(database, queue, POPS / 10 * 4);
      machine = machine.kill();
    }
    for (boolean killed : new boolean[] {true, false}) {
      try (Database database = machine.open(OPTIONS)) {
        double walk = visitedPerPop(database, queue, POPS_TO_SETTLE);
        double next = visitedPerPop(database, queue, POPS / 10);
        assertThat(next).isLessThan(GROWTH_MAX * first);
        int tenth = POPS / 10;
        double all = (walk * POPS_TO_SETTLE + next * tenth) / tenth;
        assertThat(all).as("with the first walk").isLessThan(GROWTH_MAX * first);
        if (killed) {
          visitedPerPop(database, queue, POPS / 10);
        }
      }
    }
  }

  @Test
  void aSnapshotThatIsHeldDoesNotSlowTheQueueDown() {
    Queue queue = new Queue(Way.FORWARD);
    try (Database database = machine.open(OPTIONS)) {
      fill(database, queue, 50);
      double first = visitedPerPop(database, queue, POPS / 10);
      assertThat(first).isLessThan(VISITED_MAX);
      byte[] then = queue.expected.getFirst();
      try (Snapshot held = database.snapshot()) {
        visitedPerPop(database, queue, POPS / 10 * 4);
        assertThat(visitedPerPop(database, queue, POPS / 10)).isLessThan(GROWTH_MAX * first);
        assertFirstIs(database, held, then);
      }
      assertThat(visitedPerPop(database, queue, POPS / 10)).isLessThan(GROWTH_MAX * first);
    }
  }

  private static void assertFirstIs(Database database, @Nullable Snapshot snapshot, byte[] key) {
    Keyspace keyspace = database.keyspace("queue", KeyspaceOptions.defaults());
    try (Scan scan =
        snapshot == null ? keyspace.scan(Range.all()) : keyspace.scan(Range.all(), snapshot)) {
      assertThat(scan.next()).isTrue();
      assertThat(scan.key()).isEqualTo(key);
    }
  }

  /// All of a long queue, in one transaction, which sees its own deletions over what is committed.
  @Test
  void oneTransactionEmptiesAQueue() {
    int pops = 4_000;
    Queue queue = new Queue(Way.FORWARD);
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("queue", KeyspaceOptions.defaults());
      fill(database, queue, pops + 1);
      long looked = 0;
      try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
        for (int i = 0; i < pops; i++) {
          try (Scan scan = transaction.scan(keyspace, Range.all())) {
            transaction.delete(keyspace, queue.first(scan));
          }
        }
        looked = transaction.entriesPassed();
        transaction.commit();
      }
      assertThat((double) looked / pops).isLessThan(VISITED_MAX);
      assertFirstIs(database, null, queue.expected.getFirst());
    }
  }

  /// What is put where scans found nothing is found: first, in the middle, last, and again.
  @Test
  void whatIsPutIntoAGapIsSeen() {
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("queue", KeyspaceOptions.defaults());
      Queue queue = new Queue(Way.FORWARD);
      fill(database, queue, 500);
      for (int i = 0; i < 400; i++) {
        queue.pop(database, keyspace);
      }
      byte[] live = queue.expected.getFirst();
      for (int put : new int[] {0, 399, 200, 0, 1, 398}) {
        assertFirstIs(database, null, live);
        long version = database.visibleVersion();
        try (Snapshot before = database.snapshot()) {
          keyspace.put(key(put), key(put), Durability.LOGGED);
          assertFirstIs(database, null, key(put));
          assertFirstIs(database, before, live);
        }
        keyspace.delete(key(put), Durability.LOGGED);
        assertThat(database.visibleVersion()).isEqualTo(version + 2);
      }
      try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
        for (int i = 0; i < 60; i++) {
          try (Scan scan = transaction.scan(keyspace, Range.all())) {
            assertThat(scan.next()).isTrue();
            transaction.delete(keyspace, scan.key());
          }
        }
        transaction.put(keyspace, key(430), key(430));
        try (Scan scan = transaction.scan(keyspace, Range.all())) {
          assertThat(scan.next()).isTrue();
          assertThat(scan.key()).isEqualTo(key(430));
        }
      }
    }
  }
}
