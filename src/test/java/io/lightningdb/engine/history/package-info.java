/// Proof that transactions are isolated: recorded histories, and a judge that looks for cycles in what depends on what.
///
/// [io.lightningdb.engine.history.Clients] run transactions on a database, [io.lightningdb.engine.history.Recorder] writes
/// down what each of them saw, and [io.lightningdb.engine.history.HistoryChecker] tells which anomalies the history shows.
/// The judge knows nothing of the engine: it works on what clients can see.
///
/// The anomalies are those of A. Adya, *Weak Consistency: A Generalized Theory and Optimistic Implementations for
/// Distributed Transactions* (1999). That the order of versions can be had from lists to which transactions append, and the
/// search for cycles that follows from it, are the ideas of K. Kingsbury and P. Alvaro, *Elle: Inferring Isolation Anomalies
/// from Experimental Observations* (VLDB 2020); that snapshot isolation forbids just the cycles without two adjacent
/// anti-dependencies is due to A. Cerone and A. Gotsman, *Analysing Snapshot Isolation* (PODC 2016).
///
/// For tests only.
@NullMarked
package io.lightningdb.engine.history;

import org.jspecify.annotations.NullMarked;
