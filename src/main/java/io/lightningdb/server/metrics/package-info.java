/// Figures of the engine for Prometheus: `lightning_*`, in base units, counters ending in `_total`.
///
/// Values are read when they are scraped. The only label is `keyspace`, whose values
/// `lightning.limits.keyspaces-max` bounds.
@NullMarked
package io.lightningdb.server.metrics;

import org.jspecify.annotations.NullMarked;
