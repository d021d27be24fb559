/// The inventory of metrics, and the figures of the engine among them.
///
/// [io.lightningdb.server.metrics.Metric] names every `lightning_*` metric, and `README.md` lists them; the packages of the features register
/// theirs from it. Values are read when they are scraped. Labels have few values, all known beforehand, but for
/// `keyspace`, which `lightning.limits.keyspaces-max` bounds.
@NullMarked
package io.lightningdb.server.metrics;

import org.jspecify.annotations.NullMarked;
