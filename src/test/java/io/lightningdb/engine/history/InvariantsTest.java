package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What transactions keep true stays true at every moment that anybody can read: during flushes and merges, after reopening
/// and after power failures.
class InvariantsTest {
  private static final int THREADS = 3;
  private static final int TRANSACTIONS = 200;
  private static final int BLIND_ROUNDS_MAX = 30;
  private static final int LIVES = 3;

  @RegisterExtension final DatabaseExtension databases = new DatabaseExtension();

  static Stream<Arguments> scenarios() {
    return Stream.of(
        Arguments.of(new Scenario.Bank(), Isolation.SNAPSHOT),
        Arguments.of(new Scenario.Bank(), Isolation.SERIALIZABLE),
        Arguments.of(new Scenario.Counters(), Isolation.SNAPSHOT),
        Arguments.of(new Scenario.Counters(), Isolation.SERIALIZABLE),
        Arguments.of(new Scenario.Ring(), Isolation.SNAPSHOT),
        Arguments.of(new Scenario.Ring(), Isolation.SERIALIZABLE),
        Arguments.of(new Scenario.Duty(), Isolation.SERIALIZABLE),
        Arguments.of(new Scenario.Rooms(), Isolation.SERIALIZABLE));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void holdAtEveryMoment(Scenario scenario, Isolation isolation) throws Exception {
    long seed = Seeds.one();
    SplittableRandom random = new SplittableRandom(seed);
    Database database = databases.open(Lives.TINY);
    scenario.fill(database);
    serve(database, scenario, isolation, random);
    assertThat(database.stats().flushes()).isPositive();
    assertThat(scenario.wrongAtEnd(Scenario.content(database, random))).isEmpty();
    database = databases.open(Lives.TINY);
    assertThat(scenario.wrongAtEnd(Scenario.content(database, random))).isEmpty();
    serve(database, scenario, isolation, random);
    assertThat(scenario.wrongAtEnd(Scenario.content(database, random))).isEmpty();
    Seeds.print(getClass(), seed, isolation + " " + scenario.summary());
  }

  private static void serve(
      Database database, Scenario scenario, Isolation isolation, SplittableRandom random)
      throws Exception {
    Crew crew = new Crew();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      crew.worker(() -> {
        for (int k = 0; k < TRANSACTIONS * Seeds.campaign(); k++) {
          scenario.act(database, isolation, own, Durability.LOGGED);
        }
      });
    }
    Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    SplittableRandom reader = random.split();
    crew.companion(keyspace::compact)
        .companion(() -> assertThat(scenario.wrong(Scenario.content(database, reader))).isEmpty())
        .run();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void holdThroughPowerFailures(Scenario scenario, Isolation isolation) throws Exception {
    long seed = Seeds.one();
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedStorage disk = new SimulatedStorage();
    try (Database database = Lives.open(disk, random)) {
      scenario.fill(database);
    }
    for (int life = 0; life < LIVES * Seeds.campaign(); life++) {
      Lives.live(
          disk,
          (database, own) -> {
            scenario.act(database, isolation, own, Durability.LOGGED);
            assertThat(scenario.wrong(Scenario.content(database, own))).isEmpty();
          },
          random);
      disk = disk.crash(seed + life);
    }
    try (Database database = Lives.open(disk, random)) {
      assertThat(scenario.wrong(Scenario.content(database, random))).isEmpty();
    }
    Seeds.print(getClass(), seed, isolation + ", power failures, " + scenario.summary());
  }

  /// The same clients with the engine's validation switched off: whoever sees nothing wrong then is blind.
  @ParameterizedTest
  @MethodSource("scenarios")
  void breakWithoutValidation(Scenario scenario, Isolation isolation) throws Exception {
    long seed = Seeds.one();
    SplittableRandom random = new SplittableRandom(seed);
    Database database = databases.open(Lives.TINY);
    scenario.fill(database);
    String wrong = "";
    for (int round = 0; round < BLIND_ROUNDS_MAX && wrong.isEmpty(); round++) {
      wrong = serveBlindly(database, scenario, isolation, random);
    }
    Seeds.print(getClass(), seed, "blind, " + scenario.summary() + ": " + wrong);
    assertThat(wrong).isNotEmpty();
  }

  private static String serveBlindly(
      Database database, Scenario scenario, Isolation isolation, SplittableRandom random)
      throws Exception {
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    Crew crew = new Crew();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      crew.worker(() -> {
        for (int k = 0; k < TRANSACTIONS && wrong.isEmpty(); k++) {
          scenario.act(database, isolation, Committer.BLIND, own, Durability.LOGGED);
          String found = scenario.wrong(Scenario.content(database, own));
          if (!found.isEmpty()) {
            wrong.add(found);
          }
        }
      });
    }
    crew.run();
    return wrong.isEmpty()
        ? scenario.wrongAtEnd(Scenario.content(database, random))
        : wrong.remove();
  }

  @Test
  void acknowledgedCountsStayThroughPowerFailures() throws Exception {
    long seed = Seeds.one();
    SplittableRandom random = new SplittableRandom(seed);
    Scenario counters = new Scenario.Counters();
    SimulatedStorage disk = new SimulatedStorage();
    for (int life = 0; life < LIVES * Seeds.campaign(); life++) {
      Lives.live(
          disk,
          (database, own) -> counters.act(database, Isolation.SNAPSHOT, own, Durability.SYNCED),
          random);
      disk = disk.crash(seed + life);
    }
    try (Database database = Lives.open(disk, random)) {
      long counted =
          Scenario.content(database, random).values().stream().mapToLong(Contents::number).sum();
      // Each thread of each life may have had one commit that was made and not answered.
      assertThat(counted)
          .isBetween(counters.commits(), counters.commits() + 4L * LIVES * Seeds.campaign());
      Seeds.print(
          getClass(), seed, "power failures, counted " + counted + ", " + counters.summary());
    }
  }
}
