/// Benchmarks that anyone can run: `compare` measures the engine beside other embedded stores, `parts` runs the JMH benchmarks
/// of the engine's parts, `http` measures the service beside its floor and etcd, `costs` what it takes to run it.
///
/// [io.lightningdb.bench.Bench] is the command line. [io.lightningdb.bench.Compare] starts one JVM after the other, each of
/// which runs [io.lightningdb.bench.Measure]: one store, one family of workloads. The stores stand in
/// [io.lightningdb.bench.store], the workloads in [io.lightningdb.bench.workload], and what becomes of the figures in
/// [io.lightningdb.bench.report]. [io.lightningdb.bench.Http] starts servers of [io.lightningdb.bench.server], and for each
/// [io.lightningdb.bench.GenerateLoad], which makes the load of [io.lightningdb.bench.http].
///
/// Built and run by the profile `bench` only; nothing here is part of the jar.
@NullMarked
package io.lightningdb.bench;

import org.jspecify.annotations.NullMarked;
