package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever has a deadline waits no longer, and is told what became of what it asked for.
class DeadlineTest {
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final byte[] KEY = {1};
  private static final DatabaseOptions OPTIONS =
      Variant.TINY.withWriteWaitMax(Duration.ofMinutes(1));

  private static Deadline soon() {
    return new Deadline(Clock.SYSTEM, SHORT);
  }

  @Test
  void scansEndSoonAfterIt() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < 1000; i++) {
        batch.put(keyspace, new byte[] {(byte) (i >>> 8), (byte) i}, KEY);
      }
      database.write(batch);
      Deadline deadline = new Deadline(machine.clock(), Duration.ofSeconds(1));

      int before =
          deadline.call(() -> {
            int seen = 0;
            try (Scan scan = keyspace.scan(Range.all())) {
              while (seen < 500 && scan.next()) {
                seen++;
              }
              machine.clock().advance(Duration.ofSeconds(1));
              assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
                  .isThrownBy(() -> exhaust(scan))
                  .withMessageContaining("PT1S");
            }
            return seen;
          });

      assertThat(before).isEqualTo(500);
      try (Scan scan = keyspace.scan(Range.all())) {
        assertThat(exhaust(scan)).isEqualTo(1000);
      }
    }
  }

  static List<Range> bothWays() {
    return List.of(Range.all(), Range.all().reversed());
  }

  /// Of a database of their own: where a scan has found nothing, later ones do not look.
  @ParameterizedTest
  @MethodSource("bothWays")
  void scansEndSoonAfterItThoughEverythingIsDeleted(Range range) {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS.withMemtables(64 << 20, 4))) {
      Keyspace keyspace = database.keyspace("default");
      for (int i = 0; i < 100; i++) {
        WriteBatch batch = new WriteBatch();
        for (int j = 0; j < 1000; j++) {
          batch.delete(keyspace, ByteBuffer.allocate(4).putInt(1000 * i + j).array());
        }
        database.write(batch, Durability.LOGGED);
      }
      Deadline deadline = new Deadline(machine.clock(), Duration.ofSeconds(1));
      deadline.call(() -> {
        try (Scan late = keyspace.scan(range)) {
          machine.clock().advance(Duration.ofSeconds(1));
          assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
              .isThrownBy(late::next)
              .withMessageContaining("PT1S");
        }
        return true;
      });
      try (Scan patient = keyspace.scan(range)) {
        assertThat(patient.next()).isFalse();
      }
    }
  }

  /// Fewer than are asked for at a time, again and again, with an entry between them.
  @Test
  void scansCountWhatTheyLeaveOutOverAllTheyReturn() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS.withMemtables(64 << 20, 4))) {
      Keyspace keyspace = database.keyspace("default");
      for (int i = 0; i < 4; i++) {
        WriteBatch batch = new WriteBatch();
        batch.put(keyspace, ByteBuffer.allocate(4).putInt(1000 * i).array(), KEY);
        for (int j = 1; j < 1000; j++) {
          batch.put(
              keyspace,
              ByteBuffer.allocate(4).putInt(1000 * i + j).array(),
              KEY,
              Expiry.after(Duration.ofSeconds(1)));
        }
        database.write(batch, Durability.LOGGED);
      }
      machine.clock().advance(Duration.ofSeconds(1));
      Deadline past = new Deadline(machine.clock(), Duration.ZERO);
      past.call(() -> {
        try (Scan scan = keyspace.scan(Range.all())) {
          assertThat(scan.next()).isTrue();
          assertThat(scan.next()).isTrue();
          assertThatExceptionOfType(EngineException.DeadlineExceeded.class).isThrownBy(scan::next);
        }
        return true;
      });
    }
  }

  private static int exhaust(Scan scan) {
    int seen = 0;
    while (scan.next()) {
      seen++;
    }
    return seen;
  }

  @Test
  void lateWritesChangeNothing() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      Deadline deadline = new Deadline(machine.clock(), Duration.ofSeconds(1));
      machine.clock().advance(Duration.ofSeconds(1));
      Transaction transaction = database.begin(Isolation.SNAPSHOT);
      transaction.put(keyspace, KEY, KEY);

      deadline.call(() -> {
        assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
            .isThrownBy(() -> keyspace.put(KEY, KEY));
        assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
            .isThrownBy(() -> transaction.commit(Durability.SYNCED));
        assertThat(keyspace.get(KEY)).isNull();
        return true;
      });

      assertThat(database.visibleVersion()).isZero();
      transaction.commit(Durability.SYNCED);
      assertThat(keyspace.get(KEY)).isEqualTo(KEY);
    }
  }

  @Test
  void writesThatWaitForFlushesEndWithIt() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS.withMemtables(64 << 10, 1))) {
      Keyspace keyspace = database.keyspace("default");
      machine.workers().pause();

      long version =
          soon()
              .call(() -> {
                assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
                    .isThrownBy(() -> fill(keyspace))
                    .withMessageContaining("flushes and compactions");
                return database.visibleVersion();
              });

      machine.workers().resume();
      assertThat(keyspace.put(KEY, KEY)).isEqualTo(version + 1);
    }
  }

  private static void fill(Keyspace keyspace) {
    byte[] large = new byte[16 << 10];
    for (int i = 0; i < 100; i++) {
      keyspace.put(new byte[] {2, (byte) i}, large, Durability.LOGGED);
    }
  }

  @Test
  void waitsForLocksEndWithIt() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      Transaction holder = database.begin(Isolation.SNAPSHOT);
      holder.lockForUpdate(keyspace, KEY);
      Transaction other = database.begin(Isolation.SNAPSHOT);

      Deadline past = new Deadline(Clock.SYSTEM, Duration.ZERO);
      past.call(() -> {
        assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
            .isThrownBy(() -> other.lockForUpdate(keyspace, KEY));
        return true;
      });

      holder.close();
      other.lockForUpdate(keyspace, KEY);
      assertThat(other.state()).isEqualTo(Transaction.State.ACTIVE);
      other.close();
    }
  }

  @Test
  void waitsForVersionsEndWithIt() throws Exception {
    Machine machine = Machine.empty();
    try (Database database = machine.open(OPTIONS)) {
      boolean done =
          soon()
              .call(() -> {
                assertThatExceptionOfType(EngineException.DeadlineExceeded.class)
                    .isThrownBy(() -> database.awaitVisible(1, Duration.ofMinutes(1)));
                return database.awaitVisible(0, Duration.ofMinutes(1));
              });

      assertThat(done).isTrue();
    }
  }

  /// The commit is made: to say that it is not would be wrong, to say that it is safe too.
  @Test
  void commitsThatWaitForASyncAreMadeAndOfUnknownOutcome() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    SlowSyncs storage = new SlowSyncs(disk);
    Environment environment = new Environment(storage, Clock.SYSTEM, new CallerWorkers(), 5);
    try (Database database = Database.open(environment, OPTIONS)) {
      Keyspace keyspace = database.keyspace("default");
      // Prepares the next segment, so that no other thread has to.
      keyspace.put(new byte[] {8}, KEY);
      storage.slow.set(true);
      AtomicReference<Long> first = new AtomicReference<>(0L);
      Thread leader = Thread.ofPlatform().start(() -> first.set(keyspace.put(new byte[] {9}, KEY)));
      assertThat(storage.begun.await(60, TimeUnit.SECONDS)).isTrue();

      soon()
          .call(() -> {
            assertThatExceptionOfType(EngineException.OutcomeUnknown.class)
                .isThrownBy(() -> keyspace.put(KEY, KEY))
                .satisfies(e -> assertThat(e.version()).isEqualTo(3));
            return true;
          });

      assertThat(keyspace.get(KEY)).isEqualTo(KEY);
      assertThat(database.writeFailure()).isEmpty();
      assertThat(database.stats().durableVersion()).isEqualTo(1);
      storage.slow.set(false);
      storage.goOn.countDown();
      assertThat(leader.join(Duration.ofSeconds(60))).isTrue();
      assertThat(first.get()).isEqualTo(2);
      assertThat(keyspace.put(new byte[] {3}, KEY)).isEqualTo(4);
      assertThat(database.stats().durableVersion()).isEqualTo(4);
      try (Database left = Machine.on(disk.crash(3), 4).open(OPTIONS)) {
        assertThat(left.keyspace("default").get(KEY)).isEqualTo(KEY);
      }
    }
  }

  /// Syncs of the log wait as long as that is wanted; those of files that are being made do not.
  private static final class SlowSyncs extends PassingStorage {
    private final AtomicBoolean slow = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    SlowSyncs(Storage disk) {
      super(disk);
    }

    @Override
    public StorageFile open(String name) throws IOException {
      return new SlowFile(super.open(name), this);
    }
  }

  private record SlowFile(StorageFile file, SlowSyncs syncs) implements StorageFile {
    @Override
    public void write(long position, byte[] bytes, int offset, int length) throws IOException {
      file.write(position, bytes, offset, length);
    }

    @Override
    public void store(long position, byte[] bytes, int offset, int length) throws IOException {
      file.store(position, bytes, offset, length);
    }

    @Override
    public void sync() throws IOException {
      if (syncs.slow.get()) {
        syncs.begun.countDown();
        try {
          assertThat(syncs.goOn.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
