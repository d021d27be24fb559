package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Histories of many clients at once, judged: during flushes and merges, after reopening, after the death of the process and
/// after power failures.
class IsolationTest {
  private static final int THREADS = 4;
  private static final int REQUESTS = 1000;
  private static final int ROUNDS_MAX = 20;
  private static final int LIVES = 4;

  @RegisterExtension final DatabaseExtension databases = new DatabaseExtension();

  private final Recorder recorder = new Recorder();

  private static Clients.Mode mode(Isolation isolation, Committer committer) {
    return new Clients.Mode(isolation, committer, Clients.Survival.OF_PROCESS_DEATH);
  }

  private static void serve(
      Database database, Clients clients, SplittableRandom random, int requests) throws Exception {
    Crew crew = new Crew();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      crew.worker(() -> {
        for (int k = 0; k < requests; k++) {
          clients.run(database, own);
        }
      });
    }
    Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    crew.companion(keyspace::compact).run();
  }

  private void judge(Isolation promised) {
    assertThat(HistoryChecker.check(recorder.history(), promised)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void historiesAreIsolatedDuringFlushesAndMergesAndAfterReopening(Isolation isolation)
      throws Exception {
    long seed = Seeds.one();
    SplittableRandom random = new SplittableRandom(seed);
    Clients clients = new Clients(recorder, mode(isolation, Committer.ENGINE));
    int requests = REQUESTS * Seeds.campaign();
    Database database = databases.open(Lives.TINY);
    // On a busy machine the companion that flushes and merges may hardly get its turn.
    for (int round = 0; round < ROUNDS_MAX && !isMaintained(database); round++) {
      serve(database, clients, random, requests);
    }
    assertThat(isMaintained(database)).describedAs("%s", database.stats()).isTrue();
    assertThat(database.transactionStats().open()).isZero();
    assertThat(database.transactionStats().locksHeld()).isZero();
    assertThat(database.stats().snapshots()).isZero();
    database = databases.open(Lives.TINY);
    serve(database, clients, random, requests / 4);
    clients.readAll(database, random);
    Seeds.print(
        getClass(),
        seed,
        isolation + ": " + summary() + ", " + database.stats().runFiles() + " runs");
    judge(isolation);
  }

  private static boolean isMaintained(Database database) {
    return database.stats().flushes() > 5 && database.stats().compactions() > 5;
  }

  private String summary() {
    List<Attempt> history = recorder.history();
    long committed = history.stream().filter(a -> a.outcome() == Attempt.Outcome.COMMITTED).count();
    long unknown = history.stream().filter(a -> a.outcome() == Attempt.Outcome.UNKNOWN).count();
    return "%d attempts, %d committed, %d unknown".formatted(history.size(), committed, unknown);
  }

  /// The engine with its validation switched off: a judge that does not object is blind.
  @Test
  void theJudgeObjectsToAnEngineThatDoesNotValidate() throws Exception {
    long seed = Seeds.one();
    Clients clients = new Clients(recorder, mode(Isolation.SNAPSHOT, Committer.BLIND));
    Database database = databases.open(Lives.TINY);
    serve(database, clients, new SplittableRandom(seed), 200);
    Seeds.print(getClass(), seed, "blind: " + summary());
    assertThat(HistoryChecker.check(recorder.history(), Isolation.SNAPSHOT)).isNotEmpty();
  }

  @Test
  void theJudgeObjectsToAnEngineThatDoesNotValidateReads() throws Exception {
    long seed = Seeds.one();
    Clients clients = new Clients(recorder, mode(Isolation.SERIALIZABLE, Committer.BLIND_TO_READS));
    Database database = databases.open(Lives.TINY);
    serve(database, clients, new SplittableRandom(seed), 300);
    Seeds.print(getClass(), seed, "blind to reads: " + summary());
    assertThat(HistoryChecker.check(recorder.history(), Isolation.SERIALIZABLE))
        .extracting(Finding::anomaly)
        .containsExactly(Anomaly.ADJACENT_ANTI_DEPENDENCIES);
  }

  @ParameterizedTest
  @EnumSource
  void historiesGoOnAfterTheDeathOfTheProcess(Isolation isolation) throws Exception {
    goOn(isolation, Clients.Survival.OF_PROCESS_DEATH);
  }

  @ParameterizedTest
  @EnumSource
  void historiesGoOnAfterPowerFailures(Isolation isolation) throws Exception {
    goOn(isolation, Clients.Survival.OF_POWER_FAILURE);
  }

  private void goOn(Isolation isolation, Clients.Survival survival) throws Exception {
    long seed = Seeds.one();
    SplittableRandom random = new SplittableRandom(seed);
    Clients clients =
        new Clients(recorder, new Clients.Mode(isolation, Committer.ENGINE, survival));
    SimulatedStorage disk = new SimulatedStorage();
    for (int life = 0; life < LIVES * Seeds.campaign(); life++) {
      Lives.live(disk, clients::run, random);
      disk = survival == Clients.Survival.OF_POWER_FAILURE ? disk.crash(seed + life) : disk.kill();
    }
    try (Database database = Lives.open(disk, random)) {
      clients.readAll(database, random);
      assertThat(database.checkIntegrity().faults()).isEmpty();
    }
    Seeds.print(getClass(), seed, isolation + " " + survival + ": " + summary());
    judge(isolation);
  }
}
