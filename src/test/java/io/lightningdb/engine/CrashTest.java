package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Histories;
import io.lightningdb.engine.testkit.Incident;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Oracle;
import io.lightningdb.engine.testkit.Oracle.Death;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.Session;
import io.lightningdb.engine.testkit.Step;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.Workload;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The power fails, or the process dies, at any moment: what was acknowledged is there, as promised, and nothing else.
class CrashTest {
  private static final Variant VARIANT = Variant.changing();

  /// Different outcomes of a power failure that are tried at each operation of the short history.
  private static final int OUTCOMES = 2;

  private static final int RANDOM_HISTORIES = 20;
  private static final int RANDOM_STEPS = 250;

  @Test
  void powerFailsAtEveryOperationOfAShortHistory() {
    long operations = operations(Histories.eventful());
    long outcomes = (long) OUTCOMES * Seeds.campaign();
    for (long operation = 1; operation <= operations; operation++) {
      for (long outcome = 0; outcome < outcomes; outcome++) {
        long seed = operation * outcomes + outcome;
        crashed(operation).recover(Death.MACHINE, seed);
      }
    }
    System.out.printf("CrashTest: %d operations, %d outcomes each%n", operations, outcomes);
    assertThat(operations).isGreaterThan(100);
  }

  @Test
  void theProcessDiesAtEveryOperationOfAShortHistory() {
    long operations = operations(Histories.eventful());
    for (long operation = 1; operation <= operations; operation++) {
      crashed(operation).recover(Death.PROCESS, operation);
    }
  }

  @Test
  void aSecondPowerFailureAtAnyOperationOfTheRecoveryChangesNothing() {
    long operations = operations(Histories.eventful());
    long seed = Seeds.one();
    Seeds.print(CrashTest.class, seed, "second deaths");
    long first = Math.floorMod(seed, stride());
    long crashes = 0;
    for (long operation = 1 + first; operation <= operations; operation += stride()) {
      crashes += crashed(operation).recoverWithSecondCrashes(operation);
    }
    System.out.printf("CrashTest: %d power failures during recovery%n", crashes);
    assertThat(crashes).isGreaterThan(operations);
  }

  @Test
  void aSecondDeathAtAnyOperationOfTheRestartAfterAKillLosesNothing() {
    long operations = operations(Histories.eventful());
    long seed = Seeds.one();
    Seeds.print(CrashTest.class, seed, "second deaths");
    long first = Math.floorMod(seed, stride());
    long crashes = 0;
    for (long operation = 1 + first; operation <= operations; operation += stride()) {
      for (long second = 1; ; second++) {
        Optional<Incident> incident = crashed(operation).restartThatLosesPower(second);
        if (incident.isEmpty()) {
          break;
        }
        Death death = crashes % 2 == 0 ? Death.MACHINE : Death.PROCESS;
        incident.get().recover(death, 1000 * operation + second);
        crashes++;
      }
    }
    System.out.printf("CrashTest: %d deaths during restarts after kills%n", crashes);
    assertThat(crashes).isGreaterThan(operations);
  }

  /// One in so many crashes is followed by second ones at each operation of its recovery.
  private static int stride() {
    return Math.max(1, 23 / Seeds.campaign());
  }

  @Test
  void randomHistoriesSurviveManyCrashesInARow() {
    Seeds.rounds(RANDOM_HISTORIES)
        .forEach(seed -> {
          try {
            survive(seed);
          } catch (RuntimeException | AssertionError e) {
            Seeds.print(CrashTest.class, seed, "failed");
            throw e;
          }
        });
  }

  private static void survive(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Variant> variants = Variant.all();
    Variant variant = variants.get(random.nextInt(variants.size()));
    Incident incident = new Incident(variant);
    for (int crash = 0; crash < 4; crash++) {
      incident.crashWithin(
          Workload.mixed(random.nextLong(), RANDOM_STEPS), 1 + random.nextInt(400));
      Death death = random.nextInt(4) == 0 ? Death.PROCESS : Death.MACHINE;
      incident = incident.recover(death, random.nextLong());
    }
    Seeds.print(CrashTest.class, seed, "survived, " + variant);
  }

  private static Incident crashed(long operation) {
    Incident incident = new Incident(VARIANT);
    incident.crashWithin(Histories.eventful(), operation);
    return incident;
  }

  private static long operations(List<Step> steps) {
    Machine machine = Machine.empty();
    Session session = new Session(machine, VARIANT, new Oracle(new Model()));
    session.run(steps);
    return machine.storage().operations();
  }
}
