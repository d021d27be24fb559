package io.lightningdb.server.transaction;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.TransactionOptions;
import io.lightningdb.server.Headers;
import io.lightningdb.server.guard.PassesGate;
import io.lightningdb.server.idempotency.AnswerDraft;
import io.lightningdb.server.idempotency.IdempotentCalls;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesIdempotencyKey;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// The life of transactions: `/v1/transactions`.
@RestController
class TransactionController {
  private static final String ALL = "/v1/transactions";
  private static final String ONE = ALL + "/{transaction}";

  private static final RequestBodies.Limit BODY_LIMIT =
      new RequestBodies.Limit(4096, ProblemType.BODY_TOO_LARGE);

  private final Transactions transactions;
  private final BeginReader reader;
  private final RequestBodies bodies;
  private final IdempotentCalls idempotency;
  private final JsonMapper json;

  /// Called by Spring.
  ///
  /// @param transactions finds transactions
  /// @param reader reads how they are to behave
  /// @param bodies reads bodies
  /// @param idempotency does what has a key once
  /// @param json writes answers
  TransactionController(
      Transactions transactions,
      BeginReader reader,
      RequestBodies bodies,
      IdempotentCalls idempotency,
      JsonMapper json) {
    this.transactions = transactions;
    this.reader = reader;
    this.bodies = bodies;
    this.idempotency = idempotency;
    this.json = json;
  }

  /// Begins a transaction.
  ///
  /// @param request says how it is to behave
  /// @return 201 with its id
  /// @throws IOException if the body cannot be read
  @PostMapping(path = ALL, produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<TransactionDocument> begin(HttpServletRequest request) throws IOException {
    TransactionOptions options = reader.read(bodies.readJson(request, BODY_LIMIT));
    Session session = transactions.begin(options.withOwner(owner(request)));
    return ResponseEntity.created(URI.create(ALL + "/" + session.id()))
        .header(Headers.VERSION, version(session))
        .body(TransactionDocument.of(session));
  }

  /// For the lists of operators.
  private static String owner(HttpServletRequest request) {
    Caller caller = Caller.current();
    String client = "client " + request.getRemoteAddr();
    return caller.id().isEmpty() ? client : client + ", " + caller.name();
  }

  /// Describes a transaction, without renewing its lease.
  ///
  /// @param id names the transaction
  /// @return where it stands
  @GetMapping(path = ONE, produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<TransactionDocument> get(@PathVariable("transaction") String id) {
    return described(transactions.active(id));
  }

  /// Renews the lease.
  ///
  /// @param id names the transaction
  /// @return where it stands
  @PostMapping(path = ONE + "/keep-alive", produces = MediaType.APPLICATION_JSON_VALUE)
  @PassesGate
  ResponseEntity<TransactionDocument> keepAlive(@PathVariable("transaction") String id) {
    Session session = transactions.active(id);
    session.transaction().keepAlive();
    return described(session);
  }

  private static ResponseEntity<TransactionDocument> described(Session session) {
    return ResponseEntity.ok()
        .header(Headers.VERSION, version(session))
        .body(TransactionDocument.of(session));
  }

  private static String version(Session session) {
    return Long.toString(session.transaction().snapshotVersion());
  }

  /// Commits a transaction; repeating a commit that succeeded answers the same.
  ///
  /// @param id names the transaction
  /// @param request has the durability
  /// @return version of the commit
  @PostMapping(path = ONE + "/commit", produces = MediaType.APPLICATION_JSON_VALUE)
  @TakesIdempotencyKey
  @PassesGate
  ResponseEntity<?> commit(@PathVariable("transaction") String id, HttpServletRequest request) {
    Durability durability = CommitDurability.of(request);
    return idempotency.answer(
        request,
        new byte[0],
        recorder -> {
          long version =
              transactions.commit(
                  id, durability, writes -> recorder.record(writes, () -> draft(durability)));
          return VersionDocument.answer(HttpStatus.OK, version, durability)
              .body(new VersionDocument(version));
        });
  }

  private AnswerDraft draft(Durability durability) {
    byte[] body = json.writeValueAsBytes(new VersionDocument(AnswerDraft.VERSION));
    return new AnswerDraft(durability, AnswerDraft.Tag.ABSENT, body);
  }

  /// Rolls a transaction back.
  ///
  /// @param id names the transaction
  /// @return 204
  @DeleteMapping(ONE)
  @PassesGate
  ResponseEntity<Void> rollback(@PathVariable("transaction") String id) {
    transactions.rollback(id);
    return ResponseEntity.noContent().build();
  }

  /// A mark to come back to.
  ///
  /// @param savepoint its number
  record SavepointDocument(long savepoint) {}

  /// Makes a savepoint.
  ///
  /// @param id names the transaction
  /// @return 201 with its number
  @PostMapping(path = ONE + "/savepoints", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<SavepointDocument> savepoint(@PathVariable("transaction") String id) {
    Session session = transactions.active(id);
    return ResponseEntity.status(HttpStatus.CREATED)
        .header(Headers.VERSION, version(session))
        .body(new SavepointDocument(session.savepoint()));
  }

  /// Takes back what was written, and gives back the locks taken, since a savepoint.
  ///
  /// @param id names the transaction
  /// @param savepoint number of the savepoint
  /// @return 204
  @PostMapping(ONE + "/savepoints/{savepoint}/rollback")
  @PassesGate
  ResponseEntity<Void> rollbackTo(
      @PathVariable("transaction") String id, @PathVariable("savepoint") String savepoint) {
    Session session = transactions.active(id);
    if (!savepoint.matches("[0-9]{1,18}")) {
      throw Problem.of(
              ProblemType.SAVEPOINT_NOT_FOUND, "The transaction has no savepoint of this name.")
          .asException();
    }
    session.rollbackTo(Long.parseLong(savepoint));
    return ResponseEntity.noContent().header(Headers.VERSION, version(session)).build();
  }
}
