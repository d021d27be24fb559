package io.lightningdb.server.transaction;

import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// An open transaction as it is answered.
///
/// @param id names it in paths
/// @param isolation what it is protected from
/// @param readOnly whether it only reads
/// @param state `active`
/// @param version version that it reads at
/// @param lease time without a request after which it is rolled back, as ISO 8601
/// @param ageMillis time since its begin
/// @param expiresAt when it is rolled back unless it is used again
record TransactionDocument(
    String id,
    String isolation,
    boolean readOnly,
    String state,
    long version,
    String lease,
    long ageMillis,
    Instant expiresAt) {

  /// Describes a transaction.
  ///
  /// @param session an open transaction
  /// @return its state of this moment
  static TransactionDocument of(Session session) {
    Transaction transaction = session.transaction();
    TransactionOptions options = transaction.options();
    return new TransactionDocument(
        session.id(),
        Words.of(options.isolation()),
        options.access() == TransactionOptions.Access.READ_ONLY,
        "active",
        transaction.snapshotVersion(),
        options.lease().toString(),
        transaction.age().toMillis(),
        Instant.now().plus(transaction.remaining()).truncatedTo(ChronoUnit.MILLIS));
  }
}
