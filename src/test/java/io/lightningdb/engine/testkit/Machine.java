package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.io.Environment;
import java.time.Duration;
import java.util.SplittableRandom;

/// A simulated machine: a disk, a clock, and a schedule in which background work runs on the caller's thread.
///
/// @param storage the disk
/// @param clock the time
/// @param workers the schedule
/// @param seed where the engine's random identities start from; another one for each machine
public record Machine(
    SimulatedStorage storage, VirtualClock clock, CallerWorkers workers, long seed) {

  /// A machine with an empty disk.
  ///
  /// @return the machine
  public static Machine empty() {
    return on(new SimulatedStorage(), 1);
  }

  /// A machine just started with this disk.
  ///
  /// @param storage the disk
  /// @param seed decides random identities
  /// @return the machine
  public static Machine on(SimulatedStorage storage, long seed) {
    return new Machine(storage, new VirtualClock(), new CallerWorkers(), seed);
  }

  /// This machine after a power failure.
  ///
  /// @param outcome decides what the disk kept of what was not synced
  /// @return a machine just started
  public Machine crash(long outcome) {
    return restarted(storage.crash(outcome), mix(outcome));
  }

  /// This machine after the death of the process.
  ///
  /// @return a machine with a process just started
  public Machine kill() {
    return restarted(storage.kill(), mix(0));
  }

  private Machine restarted(SimulatedStorage left, long newSeed) {
    return new Machine(left, clock.restarted(), new CallerWorkers(), newSeed);
  }

  /// Opens the database on the disk.
  ///
  /// @param options how
  /// @return the database
  public Database open(DatabaseOptions options) {
    return Database.open(new Environment(storage, clock, workers, mix(1)), options);
  }

  private long mix(long more) {
    return new SplittableRandom(31 * (31 * seed + storage.operations()) + more).nextLong();
  }

  /// Lets time pass, and every periodic task run once.
  ///
  /// @param duration how much time
  public void pass(Duration duration) {
    clock.advance(duration);
    workers.tick();
  }
}
