package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Service;

/// Carries out batches.
@Service
class BatchService {
  private static final int ATTEMPTS_MAX = 20;

  private final Database database;
  private final CounterLocks counters;
  private final long readBytesMax;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param counters lets increments of a counter come one after the other
  /// @param settings has the limits
  BatchService(Database database, CounterLocks counters, LightningProperties settings) {
    this.database = database;
    this.counters = counters;
    this.readBytesMax = settings.limits().batchBytesMax().toBytes();
  }

  /// Carries out a batch.
  ///
  /// @param keyspace what its operations work on
  /// @param request what it asks for
  /// @param durability what its commits must survive
  /// @param beforeCommit told of the commit of an atomic batch; not called for others
  /// @return what was done
  /// @throws ProblemException if the batch is atomic and something keeps it from happening
  BatchResult run(
      Keyspace keyspace, BatchRequest request, Durability durability, BeforeCommit beforeCommit) {
    return request.atomic()
        ? runAtomically(keyspace, request.operations(), durability, beforeCommit)
        : runOneByOne(keyspace, request.operations(), durability);
  }

  private BatchResult runAtomically(
      Keyspace keyspace,
      List<Operation> operations,
      Durability durability,
      BeforeCommit beforeCommit) {
    return counters.holding(
        keyspace, operations, () -> runHolding(keyspace, operations, durability, beforeCommit));
  }

  private BatchResult runHolding(
      Keyspace keyspace,
      List<Operation> operations,
      Durability durability,
      BeforeCommit beforeCommit) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        return new AtomicBatch(database, keyspace, operations, readBytesMax, beforeCommit)
            .run(durability);
      } catch (AtomicBatch.Overtaken _) {
        // Read again what the others wrote.
      }
    }
    throw Problem.of(ProblemType.CONFLICT, ProblemType.CONFLICT.meaning()).asException();
  }

  private BatchResult runOneByOne(
      Keyspace keyspace, List<Operation> operations, Durability durability) {
    List<OperationResult> results = new ArrayList<>(operations.size());
    long readBytesLeft = readBytesMax;
    for (int i = 0; i < operations.size(); i++) {
      OperationResult result = runAlone(keyspace, operations.get(i), durability, readBytesLeft);
      readBytesLeft -=
          result instanceof OperationResult.Read read && read.stored() != null
              ? read.stored().length
              : 0;
      results.add(result instanceof OperationResult.Failed failed ? failed.at(i) : result);
    }
    return new BatchResult(database.visibleVersion(), results);
  }

  private OperationResult runAlone(
      Keyspace keyspace, Operation operation, Durability durability, long readBytesMax) {
    try {
      return counters.holding(
          keyspace,
          List.of(operation),
          () -> runAloneHolding(keyspace, operation, durability, readBytesMax));
    } catch (ProblemException e) {
      return new OperationResult.Failed(e.problem());
    }
  }

  private OperationResult runAloneHolding(
      Keyspace keyspace, Operation operation, Durability durability, long readBytesMax) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        List<Operation> one = List.of(operation);
        return new AtomicBatch(database, keyspace, one, readBytesMax, BeforeCommit.NOTHING)
            .run(durability)
            .results()
            .getFirst();
      } catch (AtomicBatch.Overtaken _) {
        // Read again what the others wrote.
      } catch (ProblemException | EngineException e) {
        return new OperationResult.Failed(ProblemTranslation.of(e));
      }
    }
    return new OperationResult.Failed(
        Problem.of(ProblemType.CONFLICT, ProblemType.CONFLICT.meaning()));
  }
}
