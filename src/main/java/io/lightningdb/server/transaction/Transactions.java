package io.lightningdb.server.transaction;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import io.lightningdb.server.transaction.EndedTransactions.Ended;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// The transactions of clients, by id. *Thread-safe.*
///
/// A transaction is there for the caller that began it and for nobody else, even if he knows its id; only operators may end it.
///
/// Of one that has ended only the end is kept, and only of the last ones: so a commit whose answer was lost can be repeated.
@Component
public final class Transactions {
  private static final int ENDED_MAX = 10_000;

  private final Database database;
  private final MemoryAccount memory;
  private final Shares shares;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> open = new ConcurrentHashMap<>();
  private final EndedTransactions ended;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param shares holds callers to their shares
  Transactions(Database database, Shares shares) {
    this.database = database;
    this.memory = database.memoryAccount();
    this.shares = shares;
    this.ended = new EndedTransactions(ENDED_MAX, memory);
  }

  /// Begins a transaction.
  ///
  /// @param options how it behaves
  /// @return the open transaction
  /// @throws ProblemException if too many are open, or those of the caller take its share
  /// @throws EngineException.LimitExceeded if it wants to get too old
  Session begin(TransactionOptions options) {
    ShareHolder holder = ShareHolder.current();
    CallerShares places = shares.of(Shared.TRANSACTIONS);
    if (places.take(holder, 1) != CallerShares.Verdict.TAKEN) {
      throw shares
          .refusal(ProblemType.TRANSACTIONS_LIMIT, Shared.TRANSACTIONS, holder)
          .asException();
    }
    Session session = new Session(open(options, holder), random.nextLong(), Caller.current().id());
    open.put(session.id(), session);
    memory.charge(session.bytes());
    return session;
  }

  /// Once it is open, it gives its place back when it ends.
  private Transaction open(TransactionOptions options, ShareHolder holder) {
    boolean isOpen = false;
    try {
      Transaction transaction =
          database.begin(options.withAccount(new SharedTransaction(shares, holder, 1)));
      isOpen = true;
      return transaction;
    } finally {
      if (!isOpen) {
        shares.of(Shared.TRANSACTIONS).give(holder, 1);
      }
    }
  }

  /// Finds a transaction that has not ended.
  ///
  /// @param id as the client was told
  /// @return the open transaction; it may end at any time, and then says so when it is used
  /// @throws ProblemException if it has ended, or there is none
  Session active(String id) {
    Session session = find(id);
    if (session != null) {
      return requireOwn(session.callerId(), session);
    }
    Ended end = end(id);
    throw end == null ? absent() : problem(end).asException();
  }

  /// To others a transaction is as if it were not there.
  private static <T> T requireOwn(String callerId, T found) {
    if (!callerId.equals(Caller.current().id())) {
      throw absent();
    }
    return found;
  }

  private static ProblemException absent() {
    String detail = "There is no transaction with this id.";
    return Problem.of(ProblemType.TRANSACTION_NOT_FOUND, detail).asException();
  }

  /// Commits, or tells again that it did.
  ///
  /// @param id as the client was told
  /// @param durability what the commit must survive
  /// @param last may add to the commit, unless it is told again
  /// @return version of the commit
  /// @throws ProblemException if it has ended otherwise, or there is none
  long commit(String id, Durability durability, Consumer<WriteBatch> last) {
    Ended end = end(id);
    if (end != null && end.state() == Transaction.State.COMMITTED) {
      return end.version();
    }
    Session session = active(id);
    try {
      return session.transaction().commit(durability, last);
    } finally {
      find(id);
    }
  }

  /// Rolls back; one that was rolled back already stays so.
  ///
  /// @param id as the client was told
  /// @throws ProblemException if it was committed or has expired, or there is none
  void rollback(String id) {
    Ended end = end(id);
    if (end != null && end.state() == Transaction.State.ROLLED_BACK) {
      return;
    }
    active(id).transaction().rollback();
    end = find(id) == null ? end(id) : null;
    if (end != null && end.state() != Transaction.State.ROLLED_BACK) {
      throw problem(end).asException();
    }
  }

  /// Rolls back the transaction of somebody else, who is told that it has expired.
  ///
  /// @param id as the client was told
  /// @throws ProblemException if it has ended, or there is none
  void expire(String id) {
    Session session = find(id);
    if (session == null) {
      Ended end = ended(id);
      throw end == null ? absent() : problem(end).asException();
    }
    session.transaction().expire();
    find(id);
  }

  /// The open transactions.
  ///
  /// @return in the order in which they were begun
  List<Session> list() {
    forgetEnded();
    return open.values().stream()
        .sorted((a, b) -> Long.compare(a.transaction().id(), b.transaction().id()))
        .toList();
  }

  /// Lets go of what ended without a request. Called by Spring every second.
  @Scheduled(fixedDelay = 1000)
  void forgetEnded() {
    open.keySet().forEach(this::find);
  }

  private @Nullable Session find(String id) {
    Session session = open.get(id);
    if (session == null || session.transaction().state() == Transaction.State.ACTIVE) {
      return session;
    }
    Transaction transaction = session.transaction();
    ended.add(
        id, new Ended(transaction.state(), transaction.committedVersion(), session.callerId()));
    if (open.remove(id) != null) {
      memory.charge(-session.bytes());
    }
    return null;
  }

  /// How a transaction of the caller ended.
  private @Nullable Ended end(String id) {
    Ended end = ended(id);
    return end == null ? null : requireOwn(end.callerId(), end);
  }

  private @Nullable Ended ended(String id) {
    find(id);
    return ended.find(id);
  }

  private static Problem problem(Ended end) {
    if (end.state() == Transaction.State.EXPIRED) {
      return Problem.of(ProblemType.TRANSACTION_EXPIRED, ProblemType.TRANSACTION_EXPIRED.meaning());
    }
    String state = end.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
    String detail =
        end.state() == Transaction.State.COMMITTED
            ? "The transaction was committed with version " + end.version() + "."
            : "The transaction was rolled back.";
    return Problem.of(ProblemType.TRANSACTION_ENDED, detail).with("state", state);
  }
}
