package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Oracle;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.Session;
import io.lightningdb.engine.testkit.Step;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One history under many options: the answers are always the same, and those of a sorted map.
class MetamorphicTest {
  private static final int HISTORIES = 3;
  private static final int STEPS = 1500;

  @Test
  void optionsChangeNoAnswer() {
    Seeds.rounds(HISTORIES)
        .forEach(seed -> {
          try {
            compareVariants(seed);
          } catch (RuntimeException | AssertionError e) {
            Seeds.print(MetamorphicTest.class, seed, "failed");
            throw e;
          }
        });
  }

  private static void compareVariants(long seed) {
    List<Step> history = Workload.mixed(seed, STEPS);
    List<Outcome> outcomes = Variant.all().stream().map(variant -> run(history, variant)).toList();
    for (Outcome outcome : outcomes) {
      assertThat(outcome.answers()).isEqualTo(outcomes.getFirst().answers());
    }
    Seeds.print(
        MetamorphicTest.class, seed, STEPS + " steps under " + outcomes.size() + " variants");
    // Otherwise the variants would not differ in anything that matters.
    assertThat(outcomes.stream().mapToLong(Outcome::merges).max().orElse(0)).isPositive();
    assertThat(outcomes.stream().mapToLong(Outcome::expired).min().orElse(0)).isPositive();
  }

  /// What came out of a history.
  ///
  /// @param answers a checksum of all answers
  /// @param merges number of merges of runs
  /// @param expired number of entries that went because they had expired
  private record Outcome(long answers, long merges, long expired) {}

  private static Outcome run(List<Step> history, Variant variant) {
    Oracle oracle = new Oracle(new Model());
    try (Session session = new Session(Machine.empty(), variant, oracle)) {
      session.run(history);
      oracle.check(session.database());
      assertThat(session.database().checkIntegrity().faults()).isEmpty();
      Outcome outcome = new Outcome(session.answers(), session.merges(), session.expired());
      session.run(new Step.Reopen());
      assertThat(session.database().checkIntegrity().faults()).isEmpty();
      return outcome;
    }
  }
}
