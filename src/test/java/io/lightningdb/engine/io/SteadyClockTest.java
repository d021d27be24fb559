package io.lightningdb.engine.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.VirtualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private final VirtualClock real = new VirtualClock();
  private final SteadyClock steady = new SteadyClock(real);
  private final long start = real.millis();

  @Test
  void timeStandsStillInsteadOfGoingBackALittle() {
    real.advance(Duration.ofMillis(5));
    assertThat(steady.millis()).isEqualTo(start + 5);
    real.jump(Duration.ofMillis(-3));
    assertThat(steady.millis()).isEqualTo(start + 5);
    real.jump(Duration.ofHours(-1).plusMillis(3));
    assertThat(steady.millis()).isEqualTo(start + 5);
    real.advance(Duration.ofHours(1));
    assertThat(steady.millis()).isEqualTo(start + 5);
    real.advance(Duration.ofMillis(1));
    assertThat(steady.millis()).isEqualTo(start + 6);
  }

  @Test
  void aGreaterStepIsFollowedBothWays() {
    real.jump(Duration.ofDays(100));
    assertThat(steady.millis()).isEqualTo(start + Duration.ofDays(100).toMillis());
    real.jump(Duration.ofDays(-100));
    assertThat(steady.millis()).isEqualTo(start);
    real.jump(SteadyClock.STEP_BACK_MAX.negated().minusMillis(1));
    assertThat(steady.millis()).isEqualTo(real.millis()).isLessThan(start);
  }

  @Test
  void durationsAreNotTouched() {
    real.advance(Duration.ofNanos(7));
    real.jump(Duration.ofDays(-3));
    assertThat(steady.nanoTime()).isEqualTo(real.nanoTime());
  }
}
