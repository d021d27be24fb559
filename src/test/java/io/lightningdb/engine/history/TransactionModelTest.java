package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random transactions, several open at a time, against a model that knows every answer and every conflict.
class TransactionModelTest {
  private static final int STEPS = 1500;
  private static final int OPEN_MAX = 4;

  private static final DatabaseOptions TINY =
      DatabaseOptions.defaults()
          .withLog(64 << 10, Duration.ofMillis(100))
          .withMemtables(64 << 10, 2)
          .withRunBytesTarget(64 << 10);

  static LongStream seeds() {
    return Seeds.rounds(5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void answersAndConflictsAreThoseOfTheModel(long seed) {
    Run run = new Run(seed);
    try {
      for (int i = 0; i < STEPS; i++) {
        run.step();
      }
      run.end();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
    Seeds.print(getClass(), seed, run.summary());
    assertThat(run.committed).isPositive();
    assertThat(run.conflicts).isPositive();
  }

  private static final class Run {
    private final SplittableRandom random;
    private final Machine machine = Machine.empty();
    private final TransactionModel model = new TransactionModel();
    private final List<ModeledTransaction> open = new ArrayList<>();
    private Database database = machine.open(TINY);
    private Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    private int committed;
    private int conflicts;

    Run(long seed) {
      random = new SplittableRandom(seed);
    }

    String summary() {
      return "%d committed, %d conflicts, %d flushes, %d merges"
          .formatted(
              committed, conflicts, database.stats().flushes(), database.stats().compactions());
    }

    void step() {
      if (open.isEmpty() || (open.size() < OPEN_MAX && random.nextInt(8) == 0)) {
        Isolation isolation = random.nextBoolean() ? Isolation.SNAPSHOT : Isolation.SERIALIZABLE;
        open.add(new ModeledTransaction(database.begin(isolation), keyspace, model));
      }
      ModeledTransaction transaction = open.get(random.nextInt(open.size()));
      switch (random.nextInt(40)) {
        case 0, 1 -> commit(transaction);
        case 2 -> rollback(transaction);
        case 3, 4 -> writePlainly();
        case 5 -> maintain();
        case 6, 7, 8 -> transaction.mark();
        case 9, 10 -> transaction.rollbackTo(random.nextInt(100));
        case 11, 12, 13, 14, 15, 16 -> transaction.get(key());
        case 17, 18, 19, 20, 21, 22 ->
            transaction.walk(span(), random.nextBoolean(), 1 + random.nextInt(20));
        default -> transaction.write(write());
      }
    }

    private void commit(ModeledTransaction transaction) {
      open.remove(transaction);
      Durability durability = random.nextInt(4) == 0 ? Durability.SYNCED : Durability.LOGGED;
      if (transaction.commit(durability)) {
        committed++;
      } else {
        conflicts++;
      }
    }

    private void rollback(ModeledTransaction transaction) {
      open.remove(transaction);
      transaction.rollback();
    }

    private void writePlainly() {
      WriteBatch batch = new WriteBatch();
      List<TransactionModel.Write> writes = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        TransactionModel.Write write = write();
        if (!write.span().isEmpty()) {
          writes.add(write);
        }
        switch (write) {
          case TransactionModel.Put(byte[] key, byte[] value) -> batch.put(keyspace, key, value);
          case TransactionModel.Delete(byte[] key) -> batch.delete(keyspace, key);
          case TransactionModel.DeleteRange(TransactionModel.Span span) ->
              batch.deleteRange(keyspace, span.range());
        }
      }
      long version = database.write(batch, Durability.LOGGED);
      if (!writes.isEmpty()) {
        model.commit(version, writes.stream().map(TransactionModel.Write::span).toList(), writes);
      }
    }

    private void maintain() {
      switch (random.nextInt(8)) {
        case 0 -> reopen();
        case 1, 2 -> keyspace.compact();
        case 3, 4 -> machine.pass(Duration.ofMillis(100));
        default -> keyspace.flush();
      }
    }

    private void reopen() {
      open.forEach(ModeledTransaction::rollback);
      open.clear();
      database.close();
      database = machine.open(TINY);
      keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
      compare();
    }

    void end() {
      open.forEach(ModeledTransaction::rollback);
      compare();
      assertThat(database.transactionStats().open()).isZero();
      assertThat(database.stats().snapshots()).isZero();
      assertThat(database.checkIntegrity().faults()).isEmpty();
      database.close();
    }

    private void compare() {
      try (Scan scan = keyspace.scan(Range.all())) {
        for (Map.Entry<byte[], TransactionModel.Cell> entry : model.content().entrySet()) {
          assertThat(scan.next()).isTrue();
          assertThat(scan.key()).isEqualTo(entry.getKey());
          assertThat(scan.value()).isEqualTo(entry.getValue().value());
          assertThat(scan.version()).isEqualTo(entry.getValue().version());
        }
        assertThat(scan.next()).isFalse();
      }
    }

    private TransactionModel.Write write() {
      return switch (random.nextInt(12)) {
        case 0 -> new TransactionModel.DeleteRange(span());
        case 1, 2, 3 -> new TransactionModel.Delete(key());
        default -> new TransactionModel.Put(key(), value());
      };
    }

    /// Keys of few letters, so that they meet, are prefixes of each other and have the least and the greatest bytes.
    private byte[] key() {
      byte[] letters = {0, 'a', 'b', (byte) 0xFF};
      byte[] key = new byte[1 + random.nextInt(3)];
      for (int i = 0; i < key.length; i++) {
        key[i] = letters[random.nextInt(letters.length)];
      }
      return key;
    }

    private byte[] value() {
      int size = random.nextInt(100) == 0 ? 80_000 : random.nextInt(1200);
      byte[] value = new byte[size];
      random.nextBytes(value);
      return value;
    }

    private TransactionModel.Span span() {
      byte[] lower = key();
      return switch (random.nextInt(4)) {
        case 0 -> new TransactionModel.Span(new byte[0], new byte[0]);
        case 1 -> new TransactionModel.Span(lower, new byte[0]);
        default -> new TransactionModel.Span(lower, key());
      };
    }
  }
}
