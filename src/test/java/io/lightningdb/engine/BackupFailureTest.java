package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.Catalogue;
import io.lightningdb.engine.backup.DirectoryTarget;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Fault.Kind;
import io.lightningdb.engine.testkit.Fault.Span;
import io.lightningdb.engine.testkit.Histories;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Oracle;
import io.lightningdb.engine.testkit.Session;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Step;
import io.lightningdb.engine.testkit.Variant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Disks fail, and the power with them, at each operation of a backup and of a restore: what is in the catalogue can be restored,
/// and what was half restored does not open.
class BackupFailureTest {
  private static final Variant VARIANT = Variant.changing();

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(Kind.EIO, Span.ONCE),
        new Fault(Kind.EIO, Span.FROM_THEN_ON),
        new Fault(Kind.ENOSPC, Span.ONCE),
        new Fault(Kind.SHORT_WRITE, Span.ONCE));
  }

  /// A database with a history behind it, and a full backup of a part of it.
  private static final class Patient {
    private final Machine machine = Machine.empty();
    private final Oracle oracle = new Oracle(new Model());
    private final Session session;
    private SimulatedStorage target = new SimulatedStorage();
    private final BackupEntry parent;

    Patient() {
      session = new Session(machine, VARIANT, oracle);
      List<Step> steps = Histories.eventful();
      session.run(steps.subList(0, 12));
      parent = session.database().backup(new DirectoryTarget(target), BackupRequest.full());
      session.run(steps.subList(12, 28));
    }

    DirectoryTarget backups() {
      return new DirectoryTarget(target);
    }

    /// Makes an incremental backup, which may fail for nothing but what the test has planned.
    Optional<EngineException> backUp() {
      try {
        session.database().backup(backups(), BackupRequest.incremental(parent.id()));
        return Optional.empty();
      } catch (EngineException.BackupFailed | EngineException.StorageFailed e) {
        return Optional.of(e);
      }
    }

    /// Checks that whatever the catalogue has can be restored, and that a new backup can be made.
    void checkBackups(boolean more) throws IOException {
      Catalogue catalogue = new Catalogue(backups());
      Catalogue.Listing listing = catalogue.list();
      assertThat(listing.damaged()).isEmpty();
      assertThat(listing.find(parent.id())).isPresent();
      for (BackupEntry entry : listing.entries()) {
        if (!entry.id().equals(parent.id())) {
          checkRestores(entry);
        }
      }
      if (more && session.database().writeFailure().isEmpty()) {
        BackupRequest again = BackupRequest.incremental(parent.id());
        List<String> unfinished = catalogue.unfinished();
        if (!unfinished.isEmpty()) {
          again = again.resuming(unfinished.getLast());
        }
        checkRestores(session.database().backup(backups(), again));
      }
    }

    private void checkRestores(BackupEntry entry) throws IOException {
      SimulatedStorage directory = new SimulatedStorage();
      BackupTest.restore(backups(), entry.id(), directory);
      checkOpens(directory);
    }

    void checkOpens(SimulatedStorage directory) {
      Machine other = new Machine(directory, machine.clock(), new CallerWorkers(), 5);
      try (Database restored = other.open(Variant.TINY)) {
        oracle.check(restored);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anyOperationOnTheTargetFails(Fault fault) throws IOException {
    long failures = 0;
    boolean met = true;
    for (long operation = 1; met; operation++) {
      Patient patient = new Patient();
      patient.target.failAt(patient.target.operations() + operation, fault);
      Optional<EngineException> failure = patient.backUp();
      met = patient.target.faultsInjected() > 0;
      failures += met ? 1 : 0;
      assertThat(failure.isPresent()).isEqualTo(met);
      patient.target.mend();
      patient.checkBackups(true);
      assertThat(patient.session.database().writeFailure()).isEmpty();
    }
    report("the target", fault, failures);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anyOperationOnTheDataDirectoryFails(Fault fault) throws IOException {
    long failures = 0;
    boolean met = true;
    for (long operation = 1; met; operation++) {
      Patient patient = new Patient();
      SimulatedStorage disk = patient.machine.storage();
      disk.failAt(disk.operations() + operation, fault);
      Optional<EngineException> failure = patient.backUp();
      met = disk.faultsInjected() > 0;
      failures += met ? 1 : 0;
      assertThat(failure.isPresent()).isEqualTo(met);
      disk.mend();
      patient.checkBackups(true);
    }
    System.out.printf("BackupFailureTest: data directory, %s: %d%n", fault, failures);
    assertThat(failures > 0).isEqualTo(fault.kind() == Kind.EIO);
  }

  private static void report(String where, Fault fault, long failures) {
    System.out.printf("BackupFailureTest: %s, %s: %d%n", where, fault, failures);
    assertThat(failures).isPositive();
  }

  @Test
  void theTargetLosesItsPowerAtAnyOperation() throws IOException {
    long crashes = 0;
    boolean met = true;
    for (long operation = 1; met; operation++) {
      Patient patient = new Patient();
      patient.target.crashAt(patient.target.operations() + operation);
      boolean failed = patient.backUp().isPresent();
      met = patient.target.isDead();
      crashes += met ? 1 : 0;
      assertThat(failed).isEqualTo(met);
      patient.target = patient.target.crash(operation);
      if (!failed) {
        assertThat(new Catalogue(patient.backups()).list().entries()).hasSize(2);
      }
      patient.checkBackups(true);
    }
    System.out.printf("BackupFailureTest: %d power failures of the target%n", crashes);
    assertThat(crashes).isPositive();
  }

  @Test
  void theDatabaseLosesItsPowerAtAnyOperationOfItsBackup() throws IOException {
    long crashes = 0;
    boolean met = true;
    for (long operation = 1; met; operation++) {
      Patient patient = new Patient();
      SimulatedStorage disk = patient.machine.storage();
      disk.crashAt(disk.operations() + operation);
      patient.backUp();
      met = disk.isDead();
      crashes += met ? 1 : 0;
      Machine restarted = patient.machine.crash(operation);
      try (Database database = restarted.open(VARIANT.database())) {
        patient.oracle.settle(database, Oracle.Death.MACHINE);
        assertThat(database.checkIntegrity().faults()).isEmpty();
        BackupEntry entry =
            database.backup(patient.backups(), BackupRequest.incremental(patient.parent.id()));
        patient.checkRestores(entry);
      }
    }
    System.out.printf("BackupFailureTest: %d power failures of the database%n", crashes);
    assertThat(crashes).isPositive();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void anyOperationOfARestoreFails(Fault fault) throws IOException {
    Patient patient = new Patient();
    assertThat(patient.backUp()).isEmpty();
    long failures =
        restoreWith(
            patient,
            directory -> directory.failAt(directory.number, fault),
            (directory, failed) -> {
              directory.storage.mend();
              assertThat(failed).isEqualTo(directory.storage.faultsInjected() > 0);
              return failed;
            });
    report("restore", fault, failures);
  }

  @Test
  void aRestoreLosesItsPowerAtAnyOperation() throws IOException {
    Patient patient = new Patient();
    assertThat(patient.backUp()).isEmpty();
    long crashes =
        restoreWith(
            patient,
            directory -> directory.storage.crashAt(directory.number),
            (directory, failed) -> {
              directory.storage = directory.storage.crash(directory.number);
              return failed;
            });
    System.out.printf("BackupFailureTest: %d power failures of a restore%n", crashes);
    assertThat(crashes).isPositive();
  }

  /// A directory to restore into, in which something happens at an operation.
  private static final class Directory {
    private SimulatedStorage storage = new SimulatedStorage();
    private final long number;

    Directory(long number) {
      this.number = number;
    }

    void failAt(long operation, Fault fault) {
      storage.failAt(operation, fault);
    }
  }

  @FunctionalInterface
  private interface Plan {
    void in(Directory directory);
  }

  @FunctionalInterface
  private interface Aftermath {
    boolean met(Directory directory, boolean failed);
  }

  private static long restoreWith(Patient patient, Plan plan, Aftermath aftermath)
      throws IOException {
    String id = new Catalogue(patient.backups()).list().newest().orElseThrow().id();
    long failures = 0;
    boolean met = true;
    for (long operation = 1; met; operation++) {
      Directory directory = new Directory(operation);
      plan.in(directory);
      boolean failed = restoreFails(patient, id, directory.storage);
      met = aftermath.met(directory, failed);
      failures += met ? 1 : 0;
      check(patient, directory.storage, failed);
    }
    return failures;
  }

  private static boolean restoreFails(Patient patient, String id, SimulatedStorage storage) {
    try {
      BackupTest.restore(patient.backups(), id, storage);
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  /// A directory holds all of the backup, or says that its restore was not finished, or has nothing of it.
  private static void check(Patient patient, SimulatedStorage storage, boolean failed) {
    boolean marked = storage.contents().containsKey("RESTORING");
    boolean empty = storage.contents().keySet().stream().allMatch(name -> name.equals("LOCK"));
    if (marked) {
      assertThatThrownBy(() -> Machine.on(storage, 6).open(Variant.TINY))
          .isInstanceOf(EngineException.Corruption.class)
          .hasMessageContaining("restore again");
    } else if (!empty) {
      patient.checkOpens(storage);
    }
    assertThat(failed || (!marked && !empty)).isTrue();
  }
}
