package io.lightningdb.engine.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.compaction.LayoutAdvisor.Mix;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// When the layout `AUTO` changes, and when not.
class LayoutAdvisorTest {
  private static final Mix READS = new Mix(99_000, 0, 1_000);
  private static final Mix SCANS = new Mix(0, 20_000, 1_000);
  private static final Mix EVEN = new Mix(60_000, 0, 40_000);
  private static final Mix WRITES = new Mix(5_000, 0, 95_000);
  private static final Mix IDLE = new Mix(3, 0, 500);

  private LayoutAdvisor advisor = LayoutAdvisor.start();
  private int changes;

  private void windows(Mix mix, int count) {
    for (int i = 0; i < count; i++) {
      LayoutPolicy before = advisor.policy();
      LayoutAdvisor.Outcome outcome = advisor.observe(mix);
      advisor = outcome.next();
      outcome
          .decision()
          .ifPresent(decision -> {
            changes++;
            assertThat(decision.from()).isEqualTo(before);
            assertThat(decision.to()).isEqualTo(advisor.policy());
            assertThat(List.of(decision.from(), decision.to())).contains(LayoutPolicy.LAZY_LEVELED);
            assertThat(decision.to()).isNotEqualTo(decision.from());
            assertThat(decision.reason()).contains("gets", "writes");
          });
    }
  }

  @Test
  void itGoesOneStepAtATimeToWhatTheMixAsksFor() {
    windows(WRITES, 2);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.LAZY_LEVELED);
    windows(WRITES, 1);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.TIERED);
    windows(READS, 3);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.LAZY_LEVELED);
    windows(READS, 3);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.LEVELED);
    windows(WRITES, 6);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.TIERED);
    assertThat(changes).isEqualTo(5);
  }

  @Test
  void scansAskForFewRows() {
    windows(SCANS, 3);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.LEVELED);
  }

  @Test
  void anEvenMixOrNothingAtAllChangesNothing() {
    windows(EVEN, 50);
    windows(IDLE, 50);
    assertThat(changes).isZero();
    windows(WRITES, 2);
    windows(EVEN, 1);
    windows(WRITES, 2);
    assertThat(changes).isZero();
  }

  @Test
  void idleWindowsNeitherHelpNorHinder() {
    windows(WRITES, 2);
    windows(IDLE, 10);
    windows(WRITES, 1);
    assertThat(advisor.policy()).isEqualTo(LayoutPolicy.TIERED);
  }

  @Test
  void aMixThatWaversAroundABorderDoesNotSwing() {
    SplittableRandom random = new SplittableRandom(1);
    for (double border : new double[] {0.4, 0.9}) {
      for (int i = 0; i < 1000; i++) {
        double reads = border + random.nextDouble(-0.025, 0.025);
        windows(new Mix((long) (reads * 100_000), 0, (long) ((1 - reads) * 100_000)), 1);
      }
    }
    assertThat(changes).isLessThanOrEqualTo(2);
  }
}
