package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The disk fails an operation, each in turn: the engine stops writing, keeps reading, and loses nothing acknowledged.
class FailureTest {
  private static final Variant VARIANT = Variant.changing();

  /// An ordinary run fails one operation in so many, other ones each time; a campaign of as many rounds fails all.
  private static final int STRIDE = 16;

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(Kind.EIO, Span.ONCE),
        new Fault(Kind.EIO, Span.FROM_THEN_ON),
        new Fault(Kind.ENOSPC, Span.ONCE),
        new Fault(Kind.ENOSPC, Span.FROM_THEN_ON),
        new Fault(Kind.SHORT_WRITE, Span.ONCE));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anyOperationFailsAndTheProcessIsRestarted(Fault fault) {
    long failures = 0;
    for (Incident incident : incidents(fault)) {
      failures++;
      incident.recover(Death.PROCESS, failures);
    }
    report(fault, failures);
  }

  /// The restart reads from the page cache what a failed sync may have kept from the disk for good.
  @ParameterizedTest
  @MethodSource("faults")
  void anyOperationFailsAndTheProcessIsRestartedAndThenThePowerFails(Fault fault) {
    long failures = 0;
    for (Incident incident : incidents(fault)) {
      failures++;
      incident.recoverBriefly(Death.PROCESS, failures).recover(Death.MACHINE, failures);
    }
    report(fault, failures);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anyOperationFailsAndThenThePowerFails(Fault fault) {
    long failures = 0;
    for (Incident incident : incidents(fault)) {
      failures++;
      incident.recover(Death.MACHINE, failures);
    }
    report(fault, failures);
  }

  /// The database after the failure of one of its first operations, of a later one, and so on to its last.
  private static Iterable<Incident> incidents(Fault fault) {
    int stride = Math.max(1, STRIDE / Seeds.campaign());
    long seed = Seeds.one();
    Seeds.print(FailureTest.class, seed, fault + ", one operation in " + stride);
    return () ->
        LongStream.iterate(1 + Math.floorMod(seed, stride), operation -> operation + stride)
            .mapToObj(operation -> new Patient(fault, operation))
            .peek(Patient::useUntilFailure)
            .takeWhile(Patient::met)
            .map(Patient::incident)
            .iterator();
  }

  private static void report(Fault fault, long failures) {
    System.out.printf("FailureTest: %s met %d operations%n", fault, failures);
    assertThat(failures).isPositive();
  }

  /// A database whose disk fails one operation.
  private static final class Patient {
    private final Machine machine = Machine.empty();
    private final Oracle oracle = new Oracle(new Model());
    private final Fault fault;
    private final String name;

    Patient(Fault fault, long operation) {
      this.fault = fault;
      name = fault + " from operation " + operation + " on";
      machine.storage().failAt(operation, fault);
    }

    boolean met() {
      return machine.storage().faultsInjected() > 0;
    }

    Incident incident() {
      machine.storage().mend();
      return new Incident(VARIANT, machine, oracle);
    }

    /// Runs the history until the engine takes no more writes, and sees that it does what it should then.
    void useUntilFailure() {
      try {
        Session session = open();
        if (session != null) {
          use(session);
          close(session);
        }
      } catch (EngineException | AssertionError e) {
        throw new AssertionError(name + ": " + e.getMessage(), e);
      }
    }

    /// The end may fail too, once.
    private void close(Session session) {
      try {
        session.close();
      } catch (EngineException.ReadOnly e) {
        assertThat(met()).as("nothing failed, but: " + e).isTrue();
        assertThat(e).hasStackTraceContaining("(operation ");
      }
      session.close();
    }

    private @Nullable Session open() {
      try {
        return new Session(machine, VARIANT, oracle);
      } catch (EngineException.StorageFailed e) {
        assertThat(met()).isTrue();
        return null;
      }
    }

    private void use(Session session) {
      for (Step step : Histories.eventful()) {
        if (!run(session, step)) {
          return;
        }
        if (session.database().writeFailure().isPresent()) {
          assertThat(met()).isTrue();
          checkReadOnly(session.database());
          return;
        }
      }
    }

    /// Returns false if the database is closed for good: its end failed, or its next start.
    private boolean run(Session session, Step step) {
      try {
        session.run(List.of(step));
        return true;
      } catch (EngineException.ReadOnly e) {
        assertThat(session.database().writeFailure()).isPresent();
      } catch (EngineException.StorageFailed e) {
        assertThat(met()).as("nothing failed, but: " + e).isTrue();
      } catch (EngineException.Overloaded | EngineException.DiskReserveReached e) {
        assertThat(met()).as("nothing was refused, but: " + e).isTrue();
        return true;
      }
      return !(step instanceof Step.Reopen);
    }

    /// A disk that fails reads too fails them by name, and gives no wrong answer.
    private void checkReads(Database database) {
      try {
        oracle.checkAfterFailure(database);
      } catch (EngineException.StorageFailed e) {
        assertThat(fault).isEqualTo(new Fault(Kind.EIO, Span.FROM_THEN_ON));
        assertThat(e).hasStackTraceContaining("(operation ");
      }
    }

    private void checkReadOnly(Database database) {
      assertThatThrownBy(() -> database.keyspace("default").put(new byte[] {1}, new byte[] {1}))
          .isInstanceOf(EngineException.ReadOnly.class)
          .hasStackTraceContaining("(operation ");
      assertThatThrownBy(() -> database.configureKeyspace("gamma", KeyspaceOptions.defaults()))
          .isInstanceOf(EngineException.ReadOnly.class);
      checkReads(database);
      machine.storage().mend();
      oracle.checkAfterFailure(database);
    }
  }
}
