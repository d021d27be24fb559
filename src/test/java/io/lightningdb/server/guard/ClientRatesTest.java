package io.lightningdb.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.io.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientRatesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  // Anywhere: only differences count, and they wrap around.
  private long nanos = Long.MAX_VALUE - SECOND;

  private final Clock clock =
      new Clock() {
        @Override
        public long millis() {
          throw new AssertionError("asked for the time of day");
        }

        @Override
        public long nanoTime() {
          return nanos;
        }
      };

  private int taken(ClientRates rates, String client, int attempts) {
    int taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += rates.take(client) == 0 ? 1 : 0;
    }
    return taken;
  }

  @Test
  void burstIsTakenAtOnceAndThenAsMuchAsFlows() {
    ClientRates rates = new ClientRates(10, 25, 100, clock);

    assertThat(taken(rates, "a", 100)).isEqualTo(25);
    assertThat(rates.take("a")).isEqualTo(SECOND / 10);
    nanos += SECOND / 10 - 1;
    assertThat(rates.take("a")).isEqualTo(1);
    nanos += 1;
    assertThat(taken(rates, "a", 100)).isEqualTo(1);
    nanos += SECOND;
    assertThat(taken(rates, "a", 100)).isEqualTo(10);
    nanos += 100 * SECOND;
    assertThat(taken(rates, "a", 100)).isEqualTo(25);
  }

  @Test
  void clientsHaveBucketsOfTheirOwn() {
    ClientRates rates = new ClientRates(1, 2, 100, clock);

    assertThat(taken(rates, "a", 10)).isEqualTo(2);
    assertThat(taken(rates, "b", 10)).isEqualTo(2);
    assertThat(rates.clients()).isEqualTo(2);
  }

  @Test
  void refusedRequestsCostNothing() {
    ClientRates rates = new ClientRates(1, 1, 100, clock);
    assertThat(taken(rates, "a", 1000)).isEqualTo(1);

    nanos += SECOND;

    assertThat(rates.take("a")).isZero();
  }

  @Test
  void clientsBeyondTheBoundShareOneBucket() {
    ClientRates rates = new ClientRates(1, 3, 10, clock);
    for (int i = 0; i < 10; i++) {
      assertThat(taken(rates, "known " + i, 1)).isEqualTo(1);
    }

    int taken = 0;
    for (int i = 0; i < 1000; i++) {
      taken += taken(rates, "stranger " + i, 1);
    }

    assertThat(taken).isEqualTo(3);
    assertThat(rates.clients()).isEqualTo(10);
    assertThat(taken(rates, "known 0", 10)).isEqualTo(2);
  }

  @Test
  void whoeverHasRestedIsForgottenWhereThereAreTooMany() {
    ClientRates rates = new ClientRates(1, 3, 10, clock);
    for (int i = 0; i < 10; i++) {
      rates.take("known " + i);
    }
    assertThat(taken(rates, "busy", 9)).isEqualTo(3);
    taken(rates, "known 0", 2);
    nanos += SECOND;

    assertThat(taken(rates, "new", 10)).isEqualTo(3);

    assertThat(rates.clients()).isEqualTo(2);
    assertThat(taken(rates, "known 0", 10)).as("still remembered").isEqualTo(1);
  }
}
