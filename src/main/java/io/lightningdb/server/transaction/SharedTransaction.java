package io.lightningdb.server.transaction;

import io.lightningdb.engine.TransactionAccount;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;

/// Pays for a transaction from the shares of the caller that began it.
///
/// @param shares what there is for all
/// @param holder the caller
/// @param places how many of the places of open transactions it has: one, or none if it ends with its request
record SharedTransaction(Shares shares, ShareHolder holder, int places)
    implements TransactionAccount {
  /// Pays for what is about to be kept.
  ///
  /// @param bytes how much more
  /// @throws ProblemException if the caller has its share
  @Override
  public void take(long bytes) {
    CallerShares memory = shares.of(Shared.TRANSACTION_BYTES);
    if (memory.take(holder, bytes) != CallerShares.Verdict.TAKEN) {
      throw shares.refusal(ProblemType.OVERLOADED, Shared.TRANSACTION_BYTES, holder).asException();
    }
  }

  @Override
  public void settle(long bytes) {
    shares.of(Shared.TRANSACTION_BYTES).settle(holder, bytes);
  }

  @Override
  public void ended() {
    shares.of(Shared.TRANSACTIONS).give(holder, places);
  }
}
