package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.io.ResourceExhaustedException.Resource;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Fault.Kind;
import io.lightningdb.engine.testkit.Fault.Span;
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
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The system refuses descriptors or space for a while, at any call in turn: writes go on by themselves when it no longer does, and
/// nothing that was acknowledged is lost.
class ShortageTest {
  private static final Variant VARIANT = Variant.changing();
  private static final int SECONDS_MAX = 61;

  /// An ordinary run fails one call in so many, other ones each time; a campaign of as many rounds fails all.
  private static final int STRIDE = 16;

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(Kind.EMFILE, Span.ONCE),
        new Fault(Kind.EMFILE, Span.FROM_THEN_ON),
        new Fault(Kind.ENOSPC, Span.ONCE),
        new Fault(Kind.ENOSPC, Span.FROM_THEN_ON));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void writesGoOnByThemselves(Fault fault) {
    int met = 0;
    int latched = 0;
    int stride = Math.max(1, STRIDE / Seeds.campaign());
    long seed = Seeds.one();
    Seeds.print(ShortageTest.class, seed, fault + ", one call in " + stride);
    for (long operation = 1L + Math.floorMod(seed, stride); ; operation += stride) {
      Patient patient = new Patient(fault, operation);
      try {
        patient.use();
        if (patient.machine.storage().faultsInjected() == 0) {
          patient.machine.storage().mend();
          patient.session.close();
          break;
        }
        met++;
        latched += patient.recover();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(fault + " at operation " + operation + ": " + e.getMessage(), e);
      }
    }
    System.out.printf(
        "ShortageTest: %s met %d calls, and ended writes %d times%n", fault, met, latched);
    assertThat(met).isGreaterThan(50 / stride);
  }

  /// A database that is open when the system begins to refuse.
  private static final class Patient {
    private final Machine machine = Machine.empty();
    private final Oracle oracle = new Oracle(new Model());
    private final Session session = new Session(machine, VARIANT, oracle);
    private boolean closed;

    Patient(Fault fault, long operation) {
      machine.storage().failAt(machine.storage().operations() + operation, fault);
    }

    void use() {
      for (Step step : Histories.eventful()) {
        try {
          session.run(List.of(step));
        } catch (EngineException.Overloaded | EngineException.DiskReserveReached e) {
          assertThat(machine.storage().faultsInjected()).as("refused: " + e).isPositive();
        } catch (EngineException.ReadOnly | EngineException.StorageFailed e) {
          assertThat(machine.storage().faultsInjected()).as("failed: " + e).isPositive();
          closed = step instanceof Step.Reopen;
          return;
        }
      }
    }

    /// Returns 1 if writes were refused until the engine resumed them.
    int recover() {
      machine.storage().mend();
      Incident incident = new Incident(VARIANT, machine, oracle);
      if (closed) {
        incident.recover(Death.PROCESS, 1);
        return 0;
      }
      Database database = session.database();
      int refused = database.writeFailure().isPresent() ? 1 : 0;
      for (int second = 0; second < SECONDS_MAX; second++) {
        machine.pass(Duration.ofSeconds(1));
      }
      assertThat(database.writeFailure()).isEmpty();
      assertThat(database.shortage()).isEmpty();
      oracle.settle(database, Death.PROCESS);
      oracle.synced();
      session.run(Histories.aftermath());
      assertThat(session.database().checkIntegrity().isClean()).isTrue();
      incident.recover(Death.MACHINE, 1);
      return refused;
    }
  }

  @Test
  void segmentsOfTheLogThatAreRefusedEndNothing() {
    Machine machine = Machine.empty();
    DatabaseOptions options =
        DatabaseOptions.defaults()
            .withLog(64 << 10, Duration.ofMillis(100))
            .withMemtables(64 << 20, 4);
    try (Database database = machine.open(options)) {
      Keyspace keyspace = database.keyspace("default");
      machine
          .storage()
          .failAt(machine.storage().operations() + 1, new Fault(Kind.EMFILE, Span.FROM_THEN_ON));
      int written = 0;
      int refused = 0;
      for (int number = 0; number < 200; number++) {
        try {
          keyspace.put(new byte[] {(byte) number}, new byte[1000]);
          written++;
        } catch (EngineException.Overloaded e) {
          assertThat(e).hasMessageContaining("Too many open files");
          refused++;
        }
      }
      assertThat(written).isBetween(50, 150);
      assertThat(refused).isEqualTo(200 - written);
      assertThat(database.writeFailure()).isEmpty();
      machine.pass(Duration.ofSeconds(1));
      assertThat(database.shortage().orElseThrow().resource()).isEqualTo(Resource.DESCRIPTORS);
      assertThat(database.shortages(Resource.DESCRIPTORS)).isPositive();
      assertThat(database.visibleVersion()).isEqualTo(written);

      machine.storage().mend();
      keyspace.put(new byte[] {7}, new byte[1000]);
      for (int second = 0; second < 35; second++) {
        machine.pass(Duration.ofSeconds(1));
      }
      assertThat(database.shortage()).isEmpty();
    }
  }
}
