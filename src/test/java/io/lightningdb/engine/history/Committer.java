package io.lightningdb.engine.history;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.ValidationSwitchedOff;

/// How the clients' transactions commit: as the engine does it, or with its validation switched off, to see that the judge
/// is not blind.
enum Committer {
  /// As promised.
  ENGINE,

  /// Nothing is validated: the writes go into the log without a look at what others did.
  BLIND,

  /// Reads are not validated: what is to be serializable runs as a snapshot.
  BLIND_TO_READS;

  Isolation isolation(Isolation wanted) {
    return this == BLIND_TO_READS ? Isolation.SNAPSHOT : wanted;
  }

  void commit(Database database, Transaction transaction, Durability durability) {
    if (this == BLIND) {
      ValidationSwitchedOff.commit(database, transaction, durability);
    } else {
      transaction.commit(durability);
    }
  }
}
