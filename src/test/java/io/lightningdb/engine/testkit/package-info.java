/// What the proof of the engine is made of: a simulated machine, a model, random histories, and judges.
///
/// [io.lightningdb.engine.testkit.SimulatedStorage] is a disk that forgets what was not synced, tears it, and fails when
/// asked; with [io.lightningdb.engine.testkit.VirtualClock] and [io.lightningdb.engine.testkit.CallerWorkers] it makes a
/// [io.lightningdb.engine.testkit.Machine] on which one seed gives one schedule.
/// [io.lightningdb.engine.testkit.Workload] makes histories, [io.lightningdb.engine.testkit.Session] runs them and
/// compares every answer with the [io.lightningdb.engine.testkit.Model]; [io.lightningdb.engine.testkit.Oracle] knows what
/// a database must hold after its process or machine died.
///
/// Every random test prints its seed. Two system properties of the test run change what they do:
///
/// - `-Dtest.seed=N` repeats one seed, as in `./mvnw test -Dtest=CrashTest -Dtest.seed=7`;
/// - `-Dtest.campaign=N` makes random tests do N times as much, and sampled sweeps N times as dense: from 3 on,
///   every byte of every file is damaged.
///
/// For tests only. Nothing here is thread-safe unless it says so.
@NullMarked
package io.lightningdb.engine.testkit;

import org.jspecify.annotations.NullMarked;
