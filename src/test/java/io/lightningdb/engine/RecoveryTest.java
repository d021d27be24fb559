package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Change;
import io.lightningdb.engine.testkit.Incident;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Oracle;
import io.lightningdb.engine.testkit.Oracle.Death;
import io.lightningdb.engine.testkit.Session;
import io.lightningdb.engine.testkit.Step;
import io.lightningdb.engine.testkit.Variant;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A log that holds far more than the memtables may: they are filled and flushed while it is read.
class RecoveryTest {
  private static final int COMMITS = 40;
  private static final int VALUE_BYTES = 9_000;

  private static final List<KeyspaceOptions> KEYSPACES = List.of(KeyspaceOptions.defaults());
  private static final Variant TINY = new Variant("tiny", Variant.TINY, KEYSPACES);
  private static final Variant LARGE_MEMTABLES =
      new Variant("large memtables", Variant.TINY.withMemtables(4 << 20, 16), KEYSPACES);

  /// The process is killed with a long log, and the next one dies at each operation of its recovery.
  @ParameterizedTest
  @EnumSource
  void nothingIsLostWhenTheRecoveryOfALongLogEnds(Death death) {
    long restarts = 0;
    Optional<Incident> incident = withLongLog(death).restartThatLosesPower(1);
    while (incident.isPresent()) {
      restarts++;
      incident.get().recover(death, restarts);
      incident = withLongLog(death).restartThatLosesPower(restarts + 1);
    }
    System.out.printf("RecoveryTest: %d deaths of the %s%n", restarts, death);
    assertThat(restarts).isGreaterThan(30);
  }

  private static Incident withLongLog(Death death) {
    Machine machine = Machine.empty();
    Oracle oracle = new Oracle(new Model());
    Session session = new Session(machine, LARGE_MEMTABLES, oracle);
    for (int i = 0; i < COMMITS; i++) {
      session.run(commit(i));
    }
    if (death == Death.MACHINE) {
      session.run(new Step.Tick());
    }
    return new Incident(TINY, machine, oracle);
  }

  /// All in one keyspace: whenever its memtable is flushed, no other one holds on to the log.
  private static Step commit(int number) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(number).nextBytes(value);
    byte[] key = ByteBuffer.allocate(4).putInt(number % (COMMITS / 2)).array();
    return Step.Write.of(Durability.LOGGED, new Change.Put("default", key, value));
  }
}
