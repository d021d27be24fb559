package io.lightningdb.server.transaction;

import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Transaction;
import io.lightningdb.server.keyvalue.EntryAnswer;
import io.lightningdb.server.keyvalue.batch.Counter;
import io.lightningdb.server.keyvalue.batch.Operation;
import io.lightningdb.server.keyvalue.batch.OperationResult;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/// Carries out the operations of one request inside a transaction. Confined to one thread.
final class OperationRunner {
  private final Transaction transaction;
  private final long readBytesMax;
  private long readBytes;

  /// Works inside a transaction.
  ///
  /// @param transaction open, and not read-only if there are writes
  /// @param readBytesMax most bytes that gets may find together
  OperationRunner(Transaction transaction, long readBytesMax) {
    this.transaction = transaction;
    this.readBytesMax = readBytesMax;
  }

  /// Carries out an operation.
  ///
  /// @param keyspace where
  /// @param operation what to do
  /// @return what was done; versions of what the transaction itself wrote are 0
  /// @throws ProblemException if its condition does not hold, or it counts on what is no counter
  OperationResult run(Keyspace keyspace, Operation operation) {
    byte[] key = operation.key();
    if (operation.ifVersion().isPresent()) {
      require(transaction.entry(keyspace, key), operation.ifVersion().getAsLong());
    }
    return switch (operation) {
      case Operation.Put put -> {
        transaction.put(keyspace, key, put.value().toStored(), put.expiry());
        yield new OperationResult.Written(0);
      }
      case Operation.Delete _ -> {
        transaction.delete(keyspace, key);
        yield new OperationResult.Written(0);
      }
      case Operation.Get _ -> read(keyspace, key);
      case Operation.Increment increment -> {
        Entry before = transaction.entry(keyspace, key);
        long value = Counter.after(before, increment);
        transaction.put(keyspace, key, Counter.toStored(value), Counter.expiry(before));
        yield new OperationResult.Counted(value, 0);
      }
    };
  }

  private static void require(@Nullable Entry entry, long version) {
    boolean holds = entry == null ? version == 0 : version != 0 && entry.version() == version;
    if (!holds) {
      throw EntryAnswer.refused(entry);
    }
  }

  private OperationResult read(Keyspace keyspace, byte[] key) {
    Entry entry = transaction.entry(keyspace, key);
    readBytes += entry == null ? 0 : entry.value().length;
    if (readBytes > readBytesMax) {
      String detail = "The gets of the request find more than %d bytes.".formatted(readBytesMax);
      throw Problem.of(ProblemType.BATCH_TOO_LARGE, detail)
          .withLimit(readBytesMax, readBytes)
          .asException();
    }
    return OperationResult.Read.of(key, entry);
  }
}
