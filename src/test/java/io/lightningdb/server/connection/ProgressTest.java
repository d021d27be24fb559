package io.lightningdb.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Clients are judged by the time that the service waited for them, and by no other.
class ProgressTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Progress progress =
      new Progress(new ConnectionBounds(16, 0, 1024, Duration.ofSeconds(10)));

  @Test
  void tenSecondsWithoutAByteAreTooSlow() {
    for (int second = 1; second < 10; second++) {
      assertThat(progress.add(SECOND, SECOND, 0)).isTrue();
    }
    assertThat(progress.add(SECOND, SECOND, 0)).isFalse();
  }

  @Test
  void theLeastRateIsEnough() {
    for (int second = 0; second < 100; second++) {
      assertThat(progress.add(SECOND, SECOND, 1024)).isTrue();
    }
  }

  @Test
  void aStandstillOfTheServiceIsNotTheClients() {
    assertThat(progress.add(SECOND, 60 * SECOND, 0)).isTrue();
    assertThat(progress.leftNanos()).isEqualTo(9 * SECOND);
  }
}
