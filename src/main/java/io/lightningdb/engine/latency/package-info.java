/// How long things take: histograms that are cheap enough to be kept always.
///
/// The part that does the work records its duration; [io.lightningdb.engine.Database#latencies] shows them.
/// *Thread-safe*, without locks and without allocation where something is recorded.
@NullMarked
package io.lightningdb.engine.latency;

import org.jspecify.annotations.NullMarked;
