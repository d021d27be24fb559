/// Transactions over HTTP: `/v1/transactions` and what is read and written below a transaction.
///
/// [io.lightningdb.server.transaction.Transactions] finds the transactions of the engine by the ids that clients were
/// given, and remembers for a while how those ended that are gone. Reads and writes of entries take the same forms as
/// outside of transactions, and use the same readers and writers of keys, values and pages. Leases and ages are kept by
/// the engine.
@NullMarked
package io.lightningdb.server.transaction;

import org.jspecify.annotations.NullMarked;
