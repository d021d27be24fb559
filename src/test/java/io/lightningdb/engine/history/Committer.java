package io.lightningdb.engine.history;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.WriteBatch;
import java.util.List;

/// How the clients' transactions commit: as the engine does it, or with its validation switched off, to see that the judge
/// is not blind.
enum Committer {
  /// As promised.
  ENGINE,

  /// Nothing is validated: the writes are taken out of the transaction and written as a batch.
  BLIND,

  /// Reads are not validated: what is to be serializable runs as a snapshot.
  BLIND_TO_READS;

  /// A write of a transaction.
  record Put(Keyspace keyspace, byte[] key, byte[] value) {}

  Isolation isolation(Isolation wanted) {
    return this == BLIND_TO_READS ? Isolation.SNAPSHOT : wanted;
  }

  void commit(Database database, Transaction transaction, List<Put> puts, Durability durability) {
    if (this != BLIND) {
      transaction.commit(durability);
      return;
    }
    transaction.rollback();
    WriteBatch batch = new WriteBatch();
    puts.forEach(put -> batch.put(put.keyspace(), put.key(), put.value()));
    database.write(batch, durability);
  }
}
