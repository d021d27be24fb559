package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Writes that are switched off are off, those under way among them.
class SwitchOffTest {
  private static final byte[] KEY = {1};

  /// Holds the thread that it is told to hold where a write asks for the time: behind the last look at the switch.
  private static final class HoldingClock implements Clock {
    private final AtomicReference<Thread> held = new AtomicReference<>();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public long millis() {
      if (Thread.currentThread().equals(held.get()) && arrived.getCount() > 0) {
        arrived.countDown();
        await(released);
      }
      return 1_000_000;
    }

    @Override
    public long nanoTime() {
      return 1;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void writesUnderWayAreMadeBeforeOrRefused() throws Exception {
    HoldingClock clock = new HoldingClock();
    var environment = new Environment(new SimulatedStorage(), clock, new CallerWorkers(), 5);
    try (Database database = Database.open(environment, Variant.TINY)) {
      Keyspace keyspace = database.keyspace("default");
      AtomicReference<Throwable> refused = new AtomicReference<>();
      Thread writer = Thread.ofPlatform().unstarted(() -> keyspace.put(KEY, KEY));
      writer.setUncaughtExceptionHandler((_, e) -> refused.set(e));
      clock.held.set(writer);
      writer.start();
      await(clock.arrived);

      database.switchWritesOff("for the test");
      long version = database.visibleVersion();
      clock.released.countDown();
      assertThat(writer.join(Duration.ofSeconds(60))).isTrue();

      assertThat(refused.get())
          .isInstanceOf(EngineException.WritesSwitchedOff.class)
          .hasMessageContaining("for the test");
      assertThat(database.visibleVersion()).isEqualTo(version);
      assertThat(keyspace.get(KEY)).isNull();
      assertThat(database.writeFailure()).isEmpty();
      assertThatExceptionOfType(EngineException.WritesSwitchedOff.class)
          .isThrownBy(() -> database.configureKeyspace("new", KeyspaceOptions.defaults()));
      database.switchWritesOn();
      assertThat(keyspace.put(KEY, KEY)).isEqualTo(version + 1);
      assertThat(database.configureKeyspace("new", KeyspaceOptions.defaults()))
          .isEqualTo(KeyspaceChange.CREATED);
    }
  }
}
