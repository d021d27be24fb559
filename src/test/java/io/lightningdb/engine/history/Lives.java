package io.lightningdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ThreadWorkers;
import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.VirtualClock;
import java.time.Duration;
import java.util.SplittableRandom;

/// Databases with tiny memtables, on simulated disks on which engines run with threads of their own and die.
final class Lives {
  /// So small that flushes and merges never stop.
  static final DatabaseOptions TINY =
      DatabaseOptions.defaults()
          .withLog(256 << 10, Duration.ofMillis(50))
          .withMemtables(64 << 10, 3)
          .withRunBytesTarget(64 << 10);

  private static final int THREADS = 4;

  private Lives() {}

  /// What a client does.
  @FunctionalInterface
  interface Client {
    void serve(Database database, SplittableRandom random);
  }

  static Database open(SimulatedStorage disk, SplittableRandom random) {
    return Database.open(
        new Environment(disk, new VirtualClock(), new ThreadWorkers(), random.nextLong()), TINY);
  }

  /// Serves clients until the disk has no power any more, at a random moment. The database may be there already.
  static void live(SimulatedStorage disk, Client client, SplittableRandom random) throws Exception {
    disk.crashAt(disk.operations() + random.nextInt(200, 1500));
    Database database;
    try {
      database = open(disk, random);
    } catch (EngineException e) {
      assertThat(disk.isDead()).describedAs("%s", e).isTrue();
      return;
    }
    serve(disk, database, client, random);
    try {
      database.close();
    } catch (EngineException e) {
      assertThat(disk.isDead()).describedAs("%s", e).isTrue();
    }
    assertThat(disk.isDead()).isTrue();
  }

  private static void serve(
      SimulatedStorage disk, Database database, Client client, SplittableRandom random)
      throws Exception {
    Crew crew = new Crew();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      crew.worker(() -> {
        while (!disk.isDead()) {
          serveOne(disk, database, client, own);
        }
      });
    }
    crew.run();
  }

  private static void serveOne(
      SimulatedStorage disk, Database database, Client client, SplittableRandom random) {
    try {
      client.serve(database, random);
    } catch (EngineException e) {
      assertThat(disk.isDead()).describedAs("%s", e).isTrue();
    }
  }
}
