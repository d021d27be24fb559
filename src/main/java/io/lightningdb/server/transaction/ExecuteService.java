package io.lightningdb.server.transaction;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Isolation;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionAccount;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.idempotency.AnswerDraft;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.keyvalue.batch.BatchResult;
import io.lightningdb.server.keyvalue.batch.CounterLocks;
import io.lightningdb.server.keyvalue.batch.ExecuteRequest;
import io.lightningdb.server.keyvalue.batch.OperationResult;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shares;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/// Compares entries and acts on the outcome, both in one serializable transaction that lasts for one request.
@Service
class ExecuteService {
  private static final int ATTEMPTS_MAX = 20;

  private final Database database;
  private final Keyspaces keyspaces;
  private final CounterLocks counters;
  private final TransactionOptions options;
  private final long readBytesMax;
  private final Shares shares;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param keyspaces finds keyspaces
  /// @param counters lets increments of a counter come one after the other
  /// @param shares holds callers to their shares of memory
  /// @param settings has the limits
  ExecuteService(
      Database database,
      Keyspaces keyspaces,
      CounterLocks counters,
      Shares shares,
      LightningProperties settings) {
    this.database = database;
    this.keyspaces = keyspaces;
    this.counters = counters;
    this.shares = shares;
    this.options =
        TransactionOptions.defaults()
            .withIsolation(Isolation.SERIALIZABLE)
            .withLease(settings.transactions().leaseDefault())
            .withAgeMax(settings.transactions().ageMax())
            .withOwner("transactions:execute");
    this.readBytesMax = settings.limits().batchBytesMax().toBytes();
  }

  /// What was done.
  ///
  /// @param succeeded whether the comparison held
  /// @param result of the operations of that case
  record Outcome(boolean succeeded, BatchResult result) {
    private static Outcome of(boolean succeeded, List<OperationResult> results, long version) {
      List<OperationResult> committed =
          results.stream().map(result -> result.committedAt(version)).toList();
      return new Outcome(succeeded, new BatchResult(version, committed));
    }
  }

  /// Told of the outcome right before its commit.
  @FunctionalInterface
  interface BeforeCommit {
    /// May add writes to the commit, of its own keyspaces.
    ///
    /// @param writes the commit
    /// @param outcome what will be answered, with the version of its draft
    void join(WriteBatch writes, Outcome outcome);
  }

  /// Compares and acts, again if other commits get in the way.
  ///
  /// @param request what to compare and what to do
  /// @param durability what the commit must survive
  /// @param beforeCommit told of the outcome before the commit
  /// @return what was done
  /// @throws ProblemException if an operation cannot be carried out, or others got in the way too often; nothing was
  ///     changed
  Outcome run(ExecuteRequest request, Durability durability, BeforeCommit beforeCommit) {
    Stream<ExecuteRequest.Step> steps =
        Stream.concat(request.then().stream(), request.otherwise().stream());
    return counters.holding(steps, () -> runHolding(request, durability, beforeCommit));
  }

  private Outcome runHolding(
      ExecuteRequest request, Durability durability, BeforeCommit beforeCommit) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      Optional<Outcome> outcome = attempt(request, durability, beforeCommit);
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    throw Problem.of(ProblemType.CONFLICT, ProblemType.CONFLICT.meaning()).asException();
  }

  private Optional<Outcome> attempt(
      ExecuteRequest request, Durability durability, BeforeCommit beforeCommit) {
    TransactionAccount account = new SharedTransaction(shares, ShareHolder.current(), 0);
    try (Transaction transaction = database.begin(options.withAccount(account))) {
      boolean holds = request.compare().stream().allMatch(each -> holds(transaction, each));
      List<OperationResult> results =
          results(transaction, holds ? request.then() : request.otherwise());
      long version =
          transaction.commit(
              durability,
              writes -> beforeCommit.join(writes, Outcome.of(holds, results, AnswerDraft.VERSION)));
      return Optional.of(Outcome.of(holds, results, version));
    } catch (EngineException.TransactionConflict _) {
      return Optional.empty();
    }
  }

  private boolean holds(Transaction transaction, ExecuteRequest.Comparison comparison) {
    Entry entry = transaction.entry(keyspaces.get(comparison.keyspace()), comparison.key());
    long version = entry == null ? 0 : entry.version();
    if (comparison.version().isPresent() && comparison.version().getAsLong() != version) {
      return false;
    }
    StoredValue value = comparison.value();
    return value == null || hasBytes(entry, value.bytes());
  }

  private static boolean hasBytes(@Nullable Entry entry, byte[] bytes) {
    return entry != null && Arrays.equals(StoredValue.of(entry.value()).bytes(), bytes);
  }

  private List<OperationResult> results(Transaction transaction, List<ExecuteRequest.Step> steps) {
    OperationRunner runner = new OperationRunner(transaction, readBytesMax);
    List<OperationResult> results = new ArrayList<>(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      ExecuteRequest.Step step = steps.get(i);
      try {
        results.add(runner.run(keyspaces.get(step.keyspace()), step.operation()));
      } catch (ProblemException | EngineException.LimitExceeded e) {
        throw ProblemTranslation.of(e).with("operationIndex", i).asException();
      }
    }
    return results;
  }
}
