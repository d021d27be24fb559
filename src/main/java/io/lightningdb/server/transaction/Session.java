package io.lightningdb.server.transaction;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.util.HexFormat;
import java.util.NavigableMap;
import java.util.TreeMap;

/// An open transaction and what its client calls it. *Thread-safe.*
final class Session {
  private static final int SAVEPOINTS_MAX = 1000;

  // The session, its empty map of savepoints, and its entry among the open ones.
  private static final long BYTES = 32 + 48 + HeapBytes.HASH_ENTRY;

  private final Transaction transaction;
  private final long secret;
  private final String callerId;

  // Guarded by itself.
  private final NavigableMap<Long, Transaction.Savepoint> savepoints = new TreeMap<>();

  /// Wraps a transaction.
  ///
  /// @param transaction as the engine began it
  /// @param secret a number that cannot be guessed
  /// @param callerId who began it
  Session(Transaction transaction, long secret, String callerId) {
    this.transaction = transaction;
    this.secret = secret;
    this.callerId = callerId;
  }

  /// Who began it.
  ///
  /// @return id of the caller
  String callerId() {
    return callerId;
  }

  /// The transaction.
  ///
  /// @return as the engine began it
  Transaction transaction() {
    return transaction;
  }

  /// The number that cannot be guessed.
  ///
  /// @return any number
  long secret() {
    return secret;
  }

  /// What the client calls it.
  ///
  /// @return the engine's number and the secret
  String id() {
    return transaction.id() + "-" + HexFormat.of().toHexDigits(secret);
  }

  /// What it takes of the heap beside its transaction, under its id.
  ///
  /// @return in bytes
  long bytes() {
    return BYTES + HeapBytes.of(id()) + HeapBytes.of(callerId);
  }

  /// The transaction, to be written to.
  ///
  /// @return the transaction
  /// @throws ProblemException if it is read-only
  Transaction writable() {
    if (transaction.options().access() == TransactionOptions.Access.READ_ONLY) {
      throw Problem.of(
              ProblemType.TRANSACTION_READ_ONLY, ProblemType.TRANSACTION_READ_ONLY.meaning())
          .asException();
    }
    return transaction;
  }

  /// Locks a key.
  ///
  /// @param keyspace where
  /// @param key 1 to 4096 bytes
  void lock(Keyspace keyspace, byte[] key) {
    writable().lockForUpdate(keyspace, key);
  }

  /// Makes a savepoint.
  ///
  /// @return its number
  /// @throws EngineException.LimitExceeded if there are too many
  long savepoint() {
    synchronized (savepoints) {
      if (savepoints.size() >= SAVEPOINTS_MAX) {
        String detail = "A transaction has at most %d savepoints.".formatted(SAVEPOINTS_MAX);
        throw Problem.of(ProblemType.TRANSACTION_TOO_LARGE, detail)
            .withLimit(SAVEPOINTS_MAX, SAVEPOINTS_MAX + 1L)
            .asException();
      }
      Transaction.Savepoint made = transaction.savepoint();
      savepoints.put(made.number(), made);
      return made.number();
    }
  }

  /// Takes back what was written since a savepoint, which stays; those behind it are gone.
  ///
  /// @param number of the savepoint
  /// @throws ProblemException if there is none with this number
  void rollbackTo(long number) {
    synchronized (savepoints) {
      Transaction.Savepoint savepoint = savepoints.get(number);
      if (savepoint == null) {
        String detail = "The transaction has no savepoint " + number + ".";
        throw Problem.of(ProblemType.SAVEPOINT_NOT_FOUND, detail).asException();
      }
      transaction.rollbackTo(savepoint);
      savepoints.tailMap(number, false).clear();
    }
  }
}
