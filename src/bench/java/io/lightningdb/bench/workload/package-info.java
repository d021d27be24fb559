/// What is done to the stores, and how it is timed.
///
/// A [io.lightningdb.bench.workload.Family] is a set of workloads that one JVM runs one after the other on one store. Its keys and
/// values come from [io.lightningdb.bench.workload.Data], seeded, so that every store meets the same ones in the same order, and
/// each value names its key, so that a store that answers wrong is found out instead of measured.
/// [io.lightningdb.bench.workload.Meter] runs the threads and takes the times.
@NullMarked
package io.lightningdb.bench.workload;

import org.jspecify.annotations.NullMarked;
