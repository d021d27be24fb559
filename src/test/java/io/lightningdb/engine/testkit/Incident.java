package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.IntegrityReport;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A machine that dies while a database is used on it, and what it acknowledged before.
///
/// *Not thread-safe.*
public final class Incident {
  private final Variant variant;
  private final Machine machine;
  private final Oracle oracle;

  /// A machine with an empty disk.
  ///
  /// @param variant options of the database
  public Incident(Variant variant) {
    this(variant, Machine.empty(), new Oracle(new Model()));
  }

  /// A machine with a database on its disk.
  ///
  /// @param variant options of the database
  /// @param machine the machine
  /// @param oracle what was acknowledged
  public Incident(Variant variant, Machine machine, Oracle oracle) {
    this.variant = variant;
    this.machine = machine;
    this.oracle = oracle;
  }

  /// Opens the database and runs a history on it until the power fails, or to its end.
  ///
  /// @param steps the history
  /// @param operation operation of the disk, counted from now on, that finds no power
  public void crashWithin(List<Step> steps, long operation) {
    machine.storage().crashAt(machine.storage().operations() + operation);
    try {
      new Session(machine, variant, oracle).run(steps);
    } catch (EngineException e) {
      if (!machine.storage().isDead()) {
        throw e;
      }
    }
  }

  /// Opens what is left, compares it with what was acknowledged, uses it, and closes it.
  ///
  /// @param death what dies
  /// @param seed decides what the disk keeps
  /// @return the same database on the machine that was started afterwards
  /// @throws AssertionError if anything acknowledged is lost, or anything else is there
  public Incident recover(Oracle.Death death, long seed) {
    return restart(
        death,
        seed,
        session -> {
          checkIntegrity(session.database());
          session.run(Histories.aftermath());
          checkIntegrity(session.database());
          session.close();
        });
  }

  /// Opens what is left, compares it with what was acknowledged, and makes one more commit; then the next death may come.
  ///
  /// @param death what dies
  /// @param seed decides what the disk keeps
  /// @return the same database on the machine that was started afterwards, in use
  /// @throws AssertionError if anything acknowledged is lost, or anything else is there
  public Incident recoverBriefly(Oracle.Death death, long seed) {
    return restart(death, seed, session -> session.run(Histories.oneSyncedCommit()));
  }

  private Incident restart(Oracle.Death death, long seed, Consumer<Session> use) {
    Machine left = death == Oracle.Death.MACHINE ? machine.crash(seed) : machine.kill();
    try {
      Session session = new Session(left, variant, oracle);
      oracle.settle(session.database(), death);
      use.accept(session);
    } catch (EngineException | AssertionError e) {
      throw new AssertionError(description(death, seed) + ": " + e.getMessage(), e);
    }
    return new Incident(variant, left, oracle);
  }

  /// Recovers once, then again and again with a second power failure at each operation of the recovery.
  ///
  /// @param seed decides what the disk keeps at the first failure
  /// @return number of second failures
  /// @throws AssertionError if a second failure changes anything
  public long recoverWithSecondCrashes(long seed) {
    try (Database database = machine.crash(seed).open(variant.database())) {
      oracle.settle(database, Oracle.Death.MACHINE);
    }
    long crashes = 0;
    while (recoveryFails(machine.crash(seed), crashes + 1)) {
      crashes++;
    }
    return crashes;
  }

  private boolean recoveryFails(Machine left, long operation) {
    if (opensDespite(left, operation)) {
      return false;
    }
    try (Database database = left.crash(operation).open(variant.database())) {
      oracle.check(database);
      checkIntegrity(database);
    } catch (EngineException | AssertionError e) {
      throw new AssertionError(
          "second power failure at operation %d of the recovery after a %s: %s"
              .formatted(operation, description(Oracle.Death.MACHINE, operation), e.getMessage()),
          e);
    }
    return true;
  }

  /// Restarts the process after its death, and lets the power fail during the recovery.
  ///
  /// @param operation operation of the recovery that finds no power, from 1
  /// @return the machine without power, or nothing if the recovery has no such operation
  public Optional<Incident> restartThatLosesPower(long operation) {
    Machine left = machine.kill();
    return opensDespite(left, operation)
        ? Optional.empty()
        : Optional.of(new Incident(variant, left, oracle));
  }

  private boolean opensDespite(Machine left, long operation) {
    left.storage().crashAt(left.storage().operations() + operation);
    try {
      left.open(variant.database());
      return true;
    } catch (EngineException e) {
      if (!left.storage().isDead()) {
        throw e;
      }
      return false;
    }
  }

  private String description(Oracle.Death death, long seed) {
    return "death of the %s at operation %d, outcome %d, %s"
        .formatted(death, machine.storage().operations(), seed, variant);
  }

  private static void checkIntegrity(Database database) {
    IntegrityReport report = database.checkIntegrity();
    if (!report.isClean()) {
      throw new AssertionError("the integrity check finds " + report.faults());
    }
  }
}
