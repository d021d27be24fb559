package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.commit.CommitLatency;
import io.lightningdb.engine.latency.Latencies;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatenciesTest {
  @TempDir private Path directory;

  private static byte[] key(int i) {
    return new byte[] {(byte) (i >> 8), (byte) i};
  }

  @Test
  void everySyncedCommitIsTimedAndItsSyncTakesNoLonger() {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("a", KeyspaceOptions.defaults());
      Latencies before = database.latencies();
      for (int i = 0; i < 5; i++) {
        keyspace.put(key(i), key(i), Durability.SYNCED);
      }
      try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
        transaction.put(keyspace, key(7), key(7));
        transaction.commit(Durability.SYNCED);
      }
      Latencies after = database.latencies();
      assertThat(after.commitsSynced().count() - before.commitsSynced().count()).isEqualTo(6);
      assertThat(after.syncs().count() - before.syncs().count()).isBetween(6L, 60L);
      assertThat(after.commitsSynced().sumNanos()).isGreaterThan(before.commitsSynced().sumNanos());
      assertThat(after.commitsLogged().count()).isEqualTo(before.commitsLogged().count());
    }
  }

  @Test
  void ofLoggedCommitsOneInSixtyFourIsTimed() {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("a", KeyspaceOptions.defaults());
      for (int i = 0; i < 10 * CommitLatency.SAMPLED_OF; i++) {
        keyspace.put(key(i), key(i), Durability.LOGGED);
      }
      assertThat(database.latencies().commitsLogged().count()).isEqualTo(10);
      assertThat(database.latencies().commitsSynced().count()).isZero();
    }
  }

  @Test
  void readOnlyTransactionsAndRefusedWritesAreNoCommits() {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("a", KeyspaceOptions.defaults());
      keyspace.put(key(1), key(1));
      long before = database.latencies().commitsSynced().count();
      try (Transaction transaction = database.begin(Isolation.SNAPSHOT)) {
        transaction.get(keyspace, key(1));
        transaction.commit(Durability.SYNCED);
      }
      WriteBatch refused = new WriteBatch().put(keyspace, key(2), key(2));
      refused.requirePresent(keyspace, key(3));
      assertThatThrownBy(() -> database.write(refused))
          .isInstanceOf(EngineException.ConditionFailed.class);
      assertThat(database.latencies().commitsSynced().count()).isEqualTo(before);
    }
  }

  @Test
  void flushesAndStepsOfMergesAreTimed() {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("a", KeyspaceOptions.defaults());
      for (int i = 0; i < 3; i++) {
        keyspace.put(key(1), key(i));
        keyspace.flush();
      }
      keyspace.compact();
      Latencies times = database.latencies();
      assertThat(times.flushes().count()).isEqualTo(database.stats().flushes()).isEqualTo(3);
      assertThat(times.compactionSteps().count())
          .isEqualTo(database.stats().compactions())
          .isPositive();
      assertThat(times.flushes().sumNanos()).isPositive();
      assertThat(times.waitsForFlushes().count() + times.waitsForCompactions().count())
          .isEqualTo(database.stats().writeWaits());
    }
  }
}
