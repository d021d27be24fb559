package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Expiry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.format.Limits;
import io.lightningdb.server.idempotency.AnswerDraft;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One attempt to carry out a batch as one commit. Confined to one thread, used once.
///
/// Gets are read at a snapshot, and the versions they find are conditions of the commit: if it succeeds, nothing came
/// between the reads and the writes. What an operation finds of keys that earlier operations changed is what these did.
final class AtomicBatch {
  private static final int IMPLIED = -1;

  // Beside key and value: what the log has for each operation, a usual envelope, and a moment.
  private static final int OPERATION_BYTES = 24;

  private final Database database;
  private final Keyspace keyspace;
  private final long readBytesMax;
  private final BeforeCommit beforeCommit;
  private final List<Operation> operations;
  private final WriteBatch writes;
  private final List<OperationResult> results = new ArrayList<>();

  /// For each condition of the commit the operation that demanded it, or [#IMPLIED] for what a get implies.
  private final List<Integer> conditionOrigins = new ArrayList<>();

  /// What earlier operations made of a key; nothing where there is no entry then.
  private final Map<byte[], Optional<Change>> changes = new TreeMap<>(Arrays::compareUnsigned);

  private long readBytes;

  /// Prepares an attempt.
  ///
  /// @param database where to commit
  /// @param keyspace what operations work on
  /// @param operations in order
  /// @param readBytesMax most bytes that gets may find together
  /// @param beforeCommit told of the commit before it is written
  AtomicBatch(
      Database database,
      Keyspace keyspace,
      List<Operation> operations,
      long readBytesMax,
      BeforeCommit beforeCommit) {
    this.operations = operations;
    this.writes = new WriteBatch(bytesOfWrites(operations));
    this.beforeCommit = beforeCommit;
    this.database = database;
    this.keyspace = keyspace;
    this.readBytesMax = readBytesMax;
  }

  /// What the commit will come to, so that a large one is held once and not copied as it grows.
  private static int bytesOfWrites(List<Operation> operations) {
    long bytes = 0;
    for (Operation operation : operations) {
      bytes += operation.key().length + OPERATION_BYTES;
      bytes += operation instanceof Operation.Put put ? put.value().bytes().length : 0;
    }
    return (int) Math.min(bytes, Limits.BATCH_BYTES_MAX);
  }

  /// Other writes changed what a get had read.
  static final class Overtaken extends Exception {
    private static final long serialVersionUID = 1L;

    private Overtaken(EngineException.ConditionFailed cause) {
      super(cause);
    }
  }

  /// Carries out the batch.
  ///
  /// @param durability what the commit must survive
  /// @return what was done
  /// @throws Overtaken if another attempt may succeed
  /// @throws ProblemException if a condition does not hold, naming its operation
  BatchResult run(Durability durability) throws Overtaken {
    try (Snapshot snapshot = database.snapshot("entries:batch")) {
      for (int i = 0; i < operations.size(); i++) {
        try {
          add(operations.get(i), i, snapshot);
        } catch (ProblemException | EngineException.LimitExceeded e) {
          throw ProblemTranslation.of(e).with("operationIndex", i).asException();
        }
      }
      beforeCommit.join(writes, committed(AnswerDraft.VERSION));
      return writes.size() == 0 ? checkOnly(snapshot) : commit(durability);
    }
  }

  private void add(Operation operation, int index, Snapshot snapshot) {
    boolean changed = changes.containsKey(operation.key());
    if (operation.ifVersion().isPresent()) {
      if (changed) {
        String detail =
            "An earlier operation of the batch changes this key, so its version is not known yet.";
        throw Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
      }
      require(operation.key(), operation.ifVersion().getAsLong(), index);
    }
    switch (operation) {
      case Operation.Put put -> {
        put(put.key(), put.value(), put.expiry(), snapshot);
        results.add(new OperationResult.Written(0));
      }
      case Operation.Delete delete -> {
        writes.delete(keyspace, delete.key());
        changes.put(delete.key(), Optional.empty());
        results.add(new OperationResult.Written(0));
      }
      case Operation.Get get -> read(get, snapshot);
      case Operation.Increment increment -> increment(increment, snapshot);
    }
  }

  private void require(byte[] key, long version, int origin) {
    writes.requireVersion(keyspace, key, version);
    conditionOrigins.add(origin);
  }

  /// What it will have come to at the moment of the snapshot; its version is filled in when it is known.
  private void put(byte[] key, StoredValue value, Expiry expiry, Snapshot snapshot) {
    Instant expiresAt = expiry.moment(keyspace);
    writes.put(keyspace, key, value.envelope(), value.bytes(), Expiry.atOrNever(expiresAt));
    boolean lives = expiresAt == null || expiresAt.isAfter(snapshot.instant());
    changes.put(key, lives ? Optional.of(new Change(value, expiresAt)) : Optional.empty());
  }

  /// What an operation has put.
  ///
  /// @param value the value
  /// @param expiresAt when it expires, or null if it does not
  private record Change(StoredValue value, @Nullable Instant expiresAt) {
    /// As it will be found.
    Entry entry() {
      MemoryLease lease = MemoryLease.current();
      if (lease != null) {
        lease.takeForValue(value.bytes().length);
      }
      return new Entry(value.toStored(), 0, expiresAt);
    }
  }

  private void increment(Operation.Increment increment, Snapshot snapshot) {
    byte[] key = increment.key();
    Entry before = found(key, snapshot);
    long value = Counter.after(before, increment);
    put(key, Counter.toValue(value), Counter.expiry(before), snapshot);
    results.add(new OperationResult.Counted(value, 0));
  }

  private void read(Operation.Get get, Snapshot snapshot) {
    Entry entry = found(get.key(), snapshot);
    count(entry);
    results.add(OperationResult.Read.of(get.key(), entry));
  }

  /// What is there now, which the commit then relies on.
  private @Nullable Entry found(byte[] key, Snapshot snapshot) {
    Optional<Change> change = changes.get(key);
    if (change != null) {
      return change.map(Change::entry).orElse(null);
    }
    Entry entry = keyspace.entry(key, snapshot);
    require(key, entry == null ? 0 : entry.version(), IMPLIED);
    return entry;
  }

  private void count(@Nullable Entry entry) {
    readBytes += entry == null ? 0 : entry.value().length;
    if (readBytes > readBytesMax) {
      String detail = "The gets of the batch find more than %d bytes.".formatted(readBytesMax);
      throw Problem.of(ProblemType.BATCH_TOO_LARGE, detail)
          .withLimit(readBytesMax, readBytes)
          .asException();
    }
  }

  private BatchResult checkOnly(Snapshot snapshot) throws Overtaken {
    if (!conditionOrigins.stream().allMatch(origin -> origin == IMPLIED)) {
      commit(Durability.LOGGED);
    }
    return new BatchResult(snapshot.version(), results);
  }

  private BatchResult commit(Durability durability) throws Overtaken {
    try {
      long version = database.write(writes, durability);
      return new BatchResult(version, committed(version));
    } catch (EngineException.ConditionFailed failed) {
      int origin = conditionOrigins.get(failed.index());
      if (origin == IMPLIED) {
        throw new Overtaken(failed);
      }
      throw failedAt(origin, failed.actualVersion());
    }
  }

  private static ProblemException failedAt(int index, long actualVersion) {
    String detail =
        "The ifVersion of an operation does not hold: the entry has version %d (0 stands for no entry)."
            .formatted(actualVersion);
    return ProblemTranslation.preconditionFailed(detail, actualVersion)
        .with("operationIndex", index)
        .asException();
  }

  private List<OperationResult> committed(long version) {
    return results.stream().map(result -> result.committedAt(version)).toList();
  }
}
