package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.io.ThreadWorkers;
import io.lightningdb.engine.testkit.CallerWorkers;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Fault.Kind;
import io.lightningdb.engine.testkit.Fault.Span;
import io.lightningdb.engine.testkit.Histories;
import io.lightningdb.engine.testkit.Incident;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.Model;
import io.lightningdb.engine.testkit.Oracle;
import io.lightningdb.engine.testkit.Oracle.Death;
import io.lightningdb.engine.testkit.PassingStorage;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.engine.testkit.Session;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Step;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.engine.testkit.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The disk fails, is mended, and writes are resumed: what was acknowledged before is there for good, whatever the disk lost.
class ResumeTest {
  private static final Variant VARIANT = Variant.changing();
  private static final Fault ONCE = new Fault(Kind.EIO, Span.ONCE);
  private static final int RANDOM_HISTORIES = 12;
  private static final int RANDOM_STEPS = 250;
  private static final int FAILURES_AT_A_TIME = 12;

  static Stream<Fault> faults() {
    return Stream.of(
        ONCE,
        new Fault(Kind.EIO, Span.FROM_THEN_ON),
        new Fault(Kind.ENOSPC, Span.ONCE),
        new Fault(Kind.ENOSPC, Span.FROM_THEN_ON),
        new Fault(Kind.SHORT_WRITE, Span.ONCE));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void writesGoOnAfterAnyFailure(Fault fault) {
    afterFailures(
        fault,
        patient -> {
          patient.refuseWhileFailing();
          patient.resume();
          patient.session().run(Histories.aftermath());
          assertThat(patient.database().checkIntegrity().isClean()).isTrue();
          patient.incident().recover(Death.MACHINE, patient.operation);
        });
  }

  @ParameterizedTest
  @MethodSource("faults")
  void nothingAcknowledgedIsLostWhenThePowerFailsBehindTheResume(Fault fault) {
    afterFailures(
        fault,
        patient -> {
          patient.resume();
          patient.incident().recover(Death.MACHINE, patient.operation);
        });
  }

  @Test
  void powerMayFailAtAnyOperationOfTheResume() {
    long seed = Seeds.one();
    Seeds.print(ResumeTest.class, seed, "power failures during the resume");
    long crashes = 0;
    for (long operation = 1; operation <= 13; operation++) {
      SplittableRandom random = new SplittableRandom(seed + operation);
      long failing = random.nextLong(1, 400);
      for (long at = 1; resumeWithoutPower(failing, at); at++) {
        crashes++;
      }
    }
    System.out.printf("ResumeTest: %d power failures during the resume%n", crashes);
    assertThat(crashes).isGreaterThan(100);
  }

  /// Returns false if the resume has no such operation.
  private static boolean resumeWithoutPower(long failing, long at) {
    Patient patient = new Patient(ONCE, failing);
    if (!patient.useUntilFailure()) {
      return false;
    }
    SimulatedStorage storage = patient.machine.storage();
    storage.crashAt(storage.operations() + at);
    try {
      patient.database().resume();
    } catch (EngineException.ReadOnly e) {
      assertThat(storage.isDead()).as("refused, though there is power: " + e).isTrue();
    }
    if (!storage.isDead()) {
      return false;
    }
    patient.incident().recover(Death.MACHINE, at);
    return true;
  }

  @Test
  void aSecondFailureAtAnyOperationOfTheResumeLosesNothing() {
    long seed = Seeds.one();
    Seeds.print(ResumeTest.class, seed, "failures during the resume");
    long failures = 0;
    for (long operation = 1; operation <= 13; operation++) {
      SplittableRandom random = new SplittableRandom(seed - operation);
      long failing = random.nextLong(1, 400);
      for (long at = 1; resumeThatFails(failing, at); at++) {
        failures++;
      }
    }
    System.out.printf("ResumeTest: %d failures during the resume%n", failures);
    assertThat(failures).isGreaterThan(100);
  }

  private static boolean resumeThatFails(long failing, long at) {
    Patient patient = new Patient(ONCE, failing);
    if (!patient.useUntilFailure()) {
      return false;
    }
    SimulatedStorage storage = patient.machine.storage();
    long before = storage.faultsInjected();
    storage.failAt(storage.operations() + at, ONCE);
    boolean refused = false;
    try {
      patient.database().resume();
    } catch (EngineException.ReadOnly e) {
      refused = true;
      assertThat(e).hasStackTraceContaining("(operation ");
      assertThat(patient.database().writeFailure()).isPresent();
      patient.oracle.checkAfterFailure(patient.database());
    }
    if (storage.faultsInjected() == before) {
      return false;
    }
    switch ((int) (at % 3)) {
      case 0 -> patient.incident().recover(refused ? Death.PROCESS : Death.MACHINE, at);
      case 1 -> {
        patient.resume();
        patient.incident().recover(Death.MACHINE, at);
      }
      default -> {
        patient.resume();
        patient.session().run(Histories.oneSyncedCommit());
        patient.incident().recover(Death.PROCESS, at).recover(Death.MACHINE, at);
      }
    }
    return true;
  }

  private static void afterFailures(Fault fault, Consumer<Patient> treatment) {
    long stride = Math.max(1, 10 / Seeds.campaign());
    long seed = Seeds.one();
    Seeds.print(ResumeTest.class, seed, "every " + stride + "th operation fails");
    long failures = 0;
    for (long operation = 1 + Math.floorMod(seed, stride); ; operation += stride) {
      Patient patient = new Patient(fault, operation);
      boolean ill = patient.useUntilFailure();
      if (!patient.met()) {
        break;
      }
      if (ill) {
        patient.treat(treatment);
        failures++;
      }
    }
    System.out.printf("ResumeTest: %s: resumed after %d failures%n", fault, failures);
    // Most of what a full disk refuses is tried again and ends nothing.
    assertThat(failures).isGreaterThan(fault.kind() == Kind.ENOSPC ? 2 : 10);
  }

  @Test
  void randomHistoriesSurviveManyFailures() {
    Seeds.rounds(RANDOM_HISTORIES)
        .forEach(seed -> {
          try {
            survive(seed);
          } catch (RuntimeException | AssertionError e) {
            Seeds.print(ResumeTest.class, seed, "failed");
            throw e;
          }
        });
  }

  private static void survive(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Variant> variants = Variant.all();
    Variant variant = variants.get(random.nextInt(variants.size()));
    List<Fault> faults = faults().toList();
    Patient patient = new Patient(variant);
    int resumed = 0;
    for (Step step : Workload.mixed(random.nextLong(), RANDOM_STEPS)) {
      if (step instanceof Step.Reopen) {
        continue;
      }
      if (random.nextInt(FAILURES_AT_A_TIME) == 0) {
        patient.fail(faults.get(random.nextInt(faults.size())), 1 + random.nextInt(30));
      }
      if (!patient.run(step) || patient.database().writeFailure().isPresent()) {
        patient.resume();
        resumed++;
      }
    }
    patient.machine.storage().mend();
    patient.machine.workers().resume();
    if (patient.database().writeFailure().isPresent()) {
      patient.resume();
    }
    patient.session().run(List.of(new Step.Tick()));
    new Incident(variant, patient.machine, patient.oracle)
        .recover(Death.MACHINE, random.nextLong());
    Seeds.print(ResumeTest.class, seed, "survived " + resumed + " failures, " + variant);
  }

  @Test
  void whereNothingHasFailedThereIsNothingToDo() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(VARIANT.database())) {
      long operations = machine.storage().operations();

      assertThat(database.resume()).isFalse();

      assertThat(machine.storage().operations()).isEqualTo(operations);
    }
  }

  @Test
  void snapshotsAndTransactionsGoOn() {
    Machine machine = Machine.empty();
    try (Database database = machine.open(VARIANT.database())) {
      Keyspace keyspace = database.keyspace("default");
      byte[] key = {1};
      keyspace.put(key, new byte[] {1}, Durability.LOGGED);
      Snapshot snapshot = database.snapshot();
      Transaction transaction = database.begin(Isolation.SERIALIZABLE);
      transaction.put(keyspace, new byte[] {2}, new byte[] {2});
      keyspace.put(key, new byte[] {3}, Durability.LOGGED);
      machine.storage().failAt(machine.storage().operations() + 1, ONCE);
      machine.pass(VARIANT.database().logSyncInterval());
      assertThat(database.writeFailure()).isPresent();
      machine.clock().advance(Duration.ofSeconds(3));
      assertThat(database.writeFailureAge()).contains(Duration.ofSeconds(3));

      assertThat(database.resume()).isTrue();

      assertThat(database.writeFailure()).isEmpty();
      assertThat(database.writeFailureAge()).isEmpty();
      assertThat(keyspace.get(key, snapshot)).containsExactly(1);
      assertThat(keyspace.get(key)).containsExactly(3);
      snapshot.close();
      transaction.commit(Durability.SYNCED);
      assertThat(keyspace.get(new byte[] {2})).containsExactly(2);
      assertThat(database.stats().durableVersion()).isEqualTo(database.visibleVersion());
    }
  }

  /// A flush fails and the log does not: a writer that is past the check of failures must not reach the log that is given up.
  @Test
  void noCommitSlipsIntoTheOldLog() throws Exception {
    SimulatedStorage disk = new SimulatedStorage();
    CountDownLatch checked = new CountDownLatch(1);
    CountDownLatch resuming = new CountDownLatch(1);
    AtomicBoolean held = new AtomicBoolean();
    AtomicReference<Thread> late = new AtomicReference<>(Thread.ofPlatform().unstarted(() -> {}));
    Clock clock =
        new Clock() {
          @Override
          public long millis() {
            // Asked behind the last check of a write.
            if (Thread.currentThread().equals(late.get()) && !held.getAndSet(true)) {
              checked.countDown();
              await(resuming);
            }
            return 1_000_000;
          }

          @Override
          public long nanoTime() {
            return 1;
          }
        };
    AtomicBoolean waits = new AtomicBoolean();
    Storage storage = new HookedStorage(disk, () -> joinOnce(waits, resuming, late));
    try (Database database =
        Database.open(
            new Environment(storage, clock, new CallerWorkers(), 5), VARIANT.database())) {
      Keyspace keyspace = database.keyspace("default");
      keyspace.put(new byte[] {1}, new byte[] {1}, Durability.LOGGED);
      AtomicBoolean acknowledged = new AtomicBoolean();
      late.set(
          Thread.ofPlatform()
              .unstarted(() -> {
                try {
                  keyspace.put(new byte[] {2}, new byte[] {2}, Durability.LOGGED);
                  acknowledged.set(true);
                } catch (EngineException.ReadOnly _) {
                  acknowledged.set(false);
                }
              }));
      late.get().start();
      await(checked);
      disk.failAt(disk.operations() + 1, ONCE);
      assertThatThrownBy(keyspace::flush).isInstanceOf(EngineException.ReadOnly.class);
      waits.set(true);

      assertThat(database.resume()).isTrue();

      assertThat(late.get().isAlive()).isFalse();
      try (Database left = Machine.on(disk.crash(1), 7).open(VARIANT.database())) {
        assertThat(left.keyspace("default").get(new byte[] {1})).containsExactly(1);
        byte[] second = left.keyspace("default").get(new byte[] {2});
        assertThat(second != null).isEqualTo(acknowledged.get());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// At the first run that the resume makes: behind its freezing, before the log starts anew.
  private static void joinOnce(
      AtomicBoolean waits, CountDownLatch resuming, AtomicReference<Thread> late) {
    if (waits.getAndSet(false)) {
      resuming.countDown();
      try {
        assertThat(late.get().join(Duration.ofSeconds(60))).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// Tells of each run before it is created.
  private static final class HookedStorage extends PassingStorage {
    private final Runnable beforeRun;

    HookedStorage(Storage disk, Runnable beforeRun) {
      super(disk);
      this.beforeRun = beforeRun;
    }

    @Override
    public StorageFile create(String name) throws IOException {
      if (name.startsWith("run-")) {
        beforeRun.run();
      }
      return super.create(name);
    }
  }

  /// Writers write on while the disk fails again and again, and others resume, more than one at a time.
  @Test
  void writersAndSeveralThatResumeAtATime() throws InterruptedException {
    long seed = Seeds.one();
    Seeds.print(ResumeTest.class, seed, "writers");
    SimulatedStorage storage = new SimulatedStorage();
    Environment environment = new Environment(storage, Clock.SYSTEM, new ThreadWorkers(), seed);
    AtomicBoolean stop = new AtomicBoolean();
    List<Writer> writers = new ArrayList<>();
    int resumed;
    try (Database database = Database.open(environment, VARIANT.database())) {
      for (int i = 0; i < 3; i++) {
        writers.add(new Writer(database, (byte) i, stop));
      }
      List<Thread> threads = writers.stream().map(Thread.ofPlatform()::start).toList();
      resumed = failAndResume(database, storage, new SplittableRandom(seed));
      stop.set(true);
      for (Thread thread : threads) {
        assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
      }
      // Makes all of it durable: nothing but a failure is needed for that.
      resumeAll(database);
      if (database.stats().durableVersion() < database.visibleVersion()) {
        database.keyspace("default").put(new byte[] {9}, new byte[0]);
      }
      try (Database left = Machine.on(storage.crash(seed), 7).open(VARIANT.database())) {
        writers.forEach(writer -> writer.check(left));
        assertThat(left.checkIntegrity().isClean()).isTrue();
      }
    }
    System.out.printf("ResumeTest: resumed %d times below writers%n", resumed);
    assertThat(resumed).isGreaterThan(10);
  }

  private static int failAndResume(
      Database database, SimulatedStorage storage, SplittableRandom random)
      throws InterruptedException {
    int resumed = 0;
    for (int round = 0; round < 40; round++) {
      storage.failAt(storage.operations() + 1 + random.nextInt(200), ONCE);
      Thread other = Thread.ofPlatform().unstarted(() -> resumeAll(database));
      long deadline = Clock.SYSTEM.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (database.writeFailure().isEmpty() && Clock.SYSTEM.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      storage.mend();
      other.start();
      resumed += resumeAll(database);
      assertThat(other.join(Duration.ofSeconds(60))).isTrue();
    }
    return resumed;
  }

  private static int resumeAll(Database database) {
    int resumed = 0;
    while (database.writeFailure().isPresent()) {
      resumed += database.resume() ? 1 : 0;
    }
    return resumed;
  }

  /// Counts one key up, now and then with durability.
  private static final class Writer implements Runnable {
    private final Keyspace keyspace;
    private final byte[] key;
    private final AtomicBoolean stop;
    private long acknowledged;
    private long tried;

    Writer(Database database, byte key, AtomicBoolean stop) {
      this.keyspace = database.keyspace("default");
      this.key = new byte[] {key};
      this.stop = stop;
    }

    @Override
    public void run() {
      while (!stop.get()) {
        tried++;
        byte[] value = ByteBuffer.allocate(100).putLong(tried).array();
        try {
          keyspace.put(key, value, tried % 4 == 0 ? Durability.SYNCED : Durability.LOGGED);
          acknowledged = tried;
        } catch (EngineException.ReadOnly _) {
          Thread.onSpinWait();
        }
      }
    }

    void check(Database left) {
      byte[] value = Objects.requireNonNull(left.keyspace("default").get(key));
      assertThat(ByteBuffer.wrap(value).getLong()).isBetween(acknowledged, tried);
    }
  }

  /// A database whose disk fails an operation.
  private static final class Patient {
    private final Machine machine = Machine.empty();
    private final Oracle oracle = new Oracle(new Model());
    private final Variant variant;
    private final Fault fault;
    private final long operation;
    private @Nullable Session session;

    Patient(Fault fault, long operation) {
      this.variant = VARIANT;
      this.fault = fault;
      this.operation = operation;
      machine.storage().failAt(operation, fault);
    }

    Patient(Variant variant) {
      this.variant = variant;
      this.fault = ONCE;
      this.operation = 0;
      this.session = new Session(machine, variant, oracle);
    }

    void fail(Fault next, int operationsAhead) {
      machine.storage().failAt(machine.storage().operations() + operationsAhead, next);
    }

    boolean met() {
      return machine.storage().faultsInjected() > 0;
    }

    Session session() {
      return Objects.requireNonNull(session);
    }

    Database database() {
      return session().database();
    }

    Incident incident() {
      machine.storage().mend();
      return new Incident(variant, machine, oracle);
    }

    /// Returns false unless the engine refuses writes now.
    boolean useUntilFailure() {
      try {
        session = new Session(machine, variant, oracle);
      } catch (EngineException.StorageFailed _) {
        return false;
      }
      for (Step step : Histories.eventful()) {
        if (!run(step) || database().writeFailure().isPresent()) {
          return !(step instanceof Step.Reopen) && database().writeFailure().isPresent();
        }
      }
      return false;
    }

    /// Returns false if the step failed.
    boolean run(Step step) {
      try {
        session().run(List.of(step));
        return true;
      } catch (EngineException.ReadOnly | EngineException.StorageFailed e) {
        assertThat(met()).as("nothing failed, but: " + e).isTrue();
        return false;
      } catch (EngineException.Overloaded | EngineException.DiskReserveReached e) {
        assertThat(met()).as("nothing was refused, but: " + e).isTrue();
        return true;
      }
    }

    /// As long as the disk fails, nothing changes.
    void refuseWhileFailing() {
      if (fault.span() == Span.FROM_THEN_ON) {
        assertThatThrownBy(() -> database().resume())
            .isInstanceOf(EngineException.ReadOnly.class)
            .hasMessageContaining(
                fault.kind() == Kind.EIO ? "Input/output error" : "No space left");
        assertThatThrownBy(() -> database().keyspace("default").put(new byte[1], new byte[1]))
            .isInstanceOf(EngineException.ReadOnly.class);
      }
    }

    /// Mends the disk, resumes writes, and compares everything.
    void resume() {
      machine.storage().mend();
      for (int i = 0; i < 3 && database().writeFailure().isPresent(); i++) {
        assertThat(database().resume()).isTrue();
      }
      assertThat(database().writeFailure()).isEmpty();
      oracle.settle(database(), Death.PROCESS);
      oracle.synced();
    }

    void treat(Consumer<Patient> treatment) {
      try {
        treatment.accept(this);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(fault + " at operation " + operation + ": " + e.getMessage(), e);
      }
    }
  }
}
