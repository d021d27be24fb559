package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadVersions;
import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.transaction.WriteSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Puts and range deletions in turn: the steps that four times as many take are four times as many, and not sixteen times, under
/// the sequencer's lock, in replay, in a transaction and in a flush. On a simulated machine.
class RangeDeletionStepsTest {
  private static final int FEW = 5_000;
  private static final int MANY = 20_000;

  // Depths of trees scatter with their priorities; sixteen times as much would be 3.4.
  private static final double NOISE = 1.1;
  private static final int MIB = 1 << 20;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults()
          .withLog(8 * MIB, Duration.ofMillis(100))
          .withMemtables(256 * MIB, 4);

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /// A key that some of the next ranges cover, whatever their shape, and others do not.
  private static byte[] put(int i, int count) {
    return key(new SplittableRandom(i).nextInt(2 * count));
  }

  private static void assertNotQuadratic(long few, long many) {
    assertThat(few).isGreaterThan(FEW);
    double most = (double) MANY / FEW * Math.log(MANY) / Math.log(FEW) * NOISE * few;
    assertThat(many).isLessThan((long) most);
  }

  enum Way {
    ONE_COMMIT_WITH_CONDITIONS,
    ONE_AFTER_ANOTHER,
    IN_A_TRANSACTION;

    private void write(
        Database database, Keyspace keyspace, RangeDeletionsTest.Shape shape, int count) {
      switch (this) {
        case ONE_COMMIT_WITH_CONDITIONS -> {
          WriteBatch batch = new WriteBatch();
          for (int i = 0; i < count; i++) {
            add(batch, keyspace, shape, i, count);
            batch.requireVersion(keyspace, put(i, count), 0);
          }
          database.write(batch, Durability.LOGGED);
        }
        case ONE_AFTER_ANOTHER -> {
          for (int i = 0; i < count; i++) {
            WriteBatch batch = new WriteBatch();
            add(batch, keyspace, shape, i, count);
            database.write(batch, Durability.LOGGED);
          }
        }
        case IN_A_TRANSACTION -> {
          try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
            for (int i = 0; i < count; i++) {
              transaction.put(keyspace, put(i, count), key(i));
              transaction.deleteRange(keyspace, shape.range(i, count));
            }
            transaction.commit(Durability.LOGGED);
          }
        }
      }
    }

    private static void add(
        WriteBatch batch, Keyspace keyspace, RangeDeletionsTest.Shape shape, int i, int count) {
      batch.put(keyspace, put(i, count), key(i)).deleteRange(keyspace, shape.range(i, count));
    }
  }

  /// Of the commits themselves, of their replay, and of the sweep that cuts the deletions of their memtable into pieces beside the
  /// entries: where every version can be read, and with a snapshot.
  private record Steps(long committing, long replaying, long flushing, long flushingForSnapshot) {
    static Steps of(RangeDeletionsTest.Shape shape, Way way, int count) throws IOException {
      Machine machine = Machine.empty();
      long committing;
      long[] flushing = new long[2];
      try (Database database = machine.open(OPTIONS)) {
        Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
        long before = database.visibleVersion();
        way.write(database, keyspace, shape, count);
        committing = keyspace.engine().commitSteps();
        long middle = (before + database.visibleVersion()) / 2;
        Memtable memtable = keyspace.store().peek().active();
        flushing[0] = sweep(memtable, ReadVersions.ALL);
        flushing[1] = sweep(memtable, new ReadVersions(new long[] {middle}, Long.MAX_VALUE));
        machine = machine.kill();
      }
      try (Database database = machine.open(OPTIONS)) {
        Keyspace keyspace = database.keyspace("k", KeyspaceOptions.defaults());
        long replaying = keyspace.engine().commitSteps();
        return new Steps(committing, replaying, flushing[0], flushing[1]);
      }
    }

    private static long sweep(Memtable memtable, ReadVersions readAt) throws IOException {
      TombstoneSweep sweep = new TombstoneSweep(memtable.deletedRanges().deletions(), readAt);
      EntryCursor entries = memtable.allVersions();
      while (entries.next()) {
        sweep.keep(sweep.shadow(entries.key(), entries.version()));
      }
      sweep.upTo(null);
      return sweep.steps();
    }
  }

  @ParameterizedTest
  @EnumSource(RangeDeletionsTest.Shape.class)
  void putsAndRangesTogether(RangeDeletionsTest.Shape shape) throws IOException {
    for (Way way : Way.values()) {
      Steps few = Steps.of(shape, way, FEW);
      Steps many = Steps.of(shape, way, MANY);
      assertNotQuadratic(few.committing(), many.committing());
      assertNotQuadratic(few.replaying(), many.replaying());
      assertNotQuadratic(few.flushing(), many.flushing());
      assertNotQuadratic(few.flushingForSnapshot(), many.flushingForSnapshot());
    }
  }

  /// What a transaction keeps of its own writes before it commits.
  @ParameterizedTest
  @EnumSource(RangeDeletionsTest.Shape.class)
  void inTheWritesOfATransaction(RangeDeletionsTest.Shape shape) {
    assertNotQuadratic(stepsOfWrites(shape, FEW), stepsOfWrites(shape, MANY));
  }

  private static long stepsOfWrites(RangeDeletionsTest.Shape shape, int count) {
    WriteSet writes = new WriteSet();
    for (int i = 0; i < count; i++) {
      writes.add(new WriteSet.Put(1, put(i, count), key(i), ExpiryTime.NEVER));
      writes.add(new WriteSet.DeleteRange(1, shape.range(i, count).keys()));
    }
    return writes.rangeSteps();
  }
}
