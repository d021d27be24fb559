package io.lightningdb.engine;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.commit.VisibleVersion;
import io.lightningdb.engine.compaction.Room;
import io.lightningdb.engine.compaction.RunIds;
import io.lightningdb.engine.compaction.Throughput;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Manifest;
import java.io.IOException;

/// What all parts of one engine are built on. *Thread-safe*, as each of it is; made once, by [Engine].
///
/// @param environment disk, threads, and the clock by which waits are measured
/// @param clock wall-clock time, by which entries expire
/// @param options as the database was opened with
/// @param availability whether the engine is open and takes writes
/// @param failures what went wrong so far
/// @param room where threads wait for flushes and merges
/// @param shortages what the system refused, and when it is tried again
/// @param throughput how fast flushes and merges are
/// @param memory who may take how much
/// @param durable what is on disk, but for the runs
/// @param visible the newest version that readers see
record Core(
    Environment environment,
    Clock clock,
    DatabaseOptions options,
    Availability availability,
    Failures failures,
    Room room,
    Shortages shortages,
    Throughput throughput,
    MemoryBudget memory,
    Durable durable,
    VisibleVersion visible) {

  /// What is on disk, but for the runs.
  ///
  /// @param manifest the durable state
  /// @param log the commits that are in no run yet
  /// @param ids numbers of files and keyspaces that were never used
  record Durable(Manifest manifest, LogWriter log, RunIds ids) {}

  /// Takes a failure to write, and wakes those who would wait for what is not written any more.
  void writeFailed(IOException cause) {
    failures.writeFailed(cause);
    room.changed();
  }

  /// Takes a refusal of the system: what was to be done waits, and those who wait for it are told.
  void shortageMet(ResourceExhaustedException refused) {
    shortages.met(refused);
    room.changed();
  }

  Manifest manifest() {
    return durable.manifest();
  }

  LogWriter log() {
    return durable.log();
  }

  RunIds ids() {
    return durable.ids();
  }
}
