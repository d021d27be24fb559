package io.lightningdb.server.transaction;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Transaction;
import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.batch.BatchJson;
import io.lightningdb.server.keyvalue.batch.BatchReader;
import io.lightningdb.server.keyvalue.batch.BatchRequest;
import io.lightningdb.server.keyvalue.batch.BatchResult;
import io.lightningdb.server.keyvalue.batch.Operation;
import io.lightningdb.server.keyvalue.batch.OperationResult;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Many entries in one request inside a transaction: `entries:batch` and `entries:multiget`.
@RestController
class TransactionBatchController {
  // As it was read, cut into values, and with their envelopes; what the transaction keeps is
  // charged to it.
  private static final int BODY_COPIES = 3;

  private static final String PATH = "/v1/transactions/{transaction}/keyspaces/{keyspace}/entries";

  private final Transactions transactions;
  private final Keyspaces keyspaces;
  private final ProblemWriter problems;
  private final LightningProperties.RequestLimits limits;
  private final RequestBodies bodies;
  private final RequestBodies.Limit bodyLimit;

  /// Called by Spring.
  ///
  /// @param transactions finds transactions
  /// @param keyspaces finds keyspaces
  /// @param problems writes what went wrong
  /// @param bodies reads bodies
  /// @param settings has the limits
  TransactionBatchController(
      Transactions transactions,
      Keyspaces keyspaces,
      ProblemWriter problems,
      RequestBodies bodies,
      LightningProperties settings) {
    this.transactions = transactions;
    this.keyspaces = keyspaces;
    this.problems = problems;
    this.limits = settings.limits();
    this.bodies = bodies;
    this.bodyLimit =
        new RequestBodies.Limit(
            limits.batchBytesMax().toBytes(), ProblemType.BATCH_TOO_LARGE, BODY_COPIES);
  }

  /// Takes a batch into the transaction.
  ///
  /// @param id names the transaction
  /// @param name name of the keyspace
  /// @param request has the operations
  /// @return one result for each operation
  /// @throws IOException if the operations cannot be read
  @PostMapping(
      path = PATH + ":batch",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  ResponseEntity<byte[]> batch(
      @PathVariable("transaction") String id,
      @PathVariable("keyspace") String name,
      HttpServletRequest request)
      throws IOException {
    Session session = transactions.active(id);
    Keyspace keyspace = keyspaces.get(name);
    KeyEncoding keyEncoding = KeyParameters.encoding(Query.of(request));
    byte[] body = bodies.readJson(request, bodyLimit);
    BatchRequest batch = reader(body, keyEncoding, limits.batchOperationsMax()).batch();
    BatchResult result = run(session, keyspace, batch);
    return ResponseEntity.ok()
        .header(Headers.VERSION, Long.toString(result.version()))
        .contentType(MediaType.APPLICATION_JSON)
        .body(BatchJson.batch(result, keyEncoding, problems, request.getRequestURI()));
  }

  private BatchResult run(Session session, Keyspace keyspace, BatchRequest batch) {
    boolean writes = batch.operations().stream().anyMatch(o -> !(o instanceof Operation.Get));
    Transaction transaction = writes ? session.writable() : session.transaction();
    OperationRunner runner = new OperationRunner(transaction, limits.batchBytesMax().toBytes());
    Transaction.Savepoint before = transaction.savepoint();
    List<OperationResult> results = new ArrayList<>(batch.operations().size());
    for (int i = 0; i < batch.operations().size(); i++) {
      try {
        results.add(runner.run(keyspace, batch.operations().get(i)));
      } catch (ProblemException | EngineException.LimitExceeded e) {
        Problem problem = ProblemTranslation.of(e).with("operationIndex", i);
        if (batch.atomic()) {
          transaction.rollbackTo(before);
          throw problem.asException();
        }
        results.add(new OperationResult.Failed(problem));
      }
    }
    return new BatchResult(transaction.snapshotVersion(), results);
  }

  /// Reads many entries as the transaction sees them.
  ///
  /// @param id names the transaction
  /// @param name name of the keyspace
  /// @param request has the keys
  /// @param response where to answer
  /// @throws IOException if the keys cannot be read or the client is gone
  @PostMapping(
      path = PATH + ":multiget",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  void multiget(
      @PathVariable("transaction") String id,
      @PathVariable("keyspace") String name,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Transaction transaction = transactions.active(id).transaction();
    Keyspace keyspace = keyspaces.get(name);
    KeyEncoding keyEncoding = KeyParameters.encoding(Query.of(request));
    byte[] body = bodies.readJson(request, bodyLimit);
    List<byte[]> keys = reader(body, keyEncoding, limits.multigetKeysMax()).keys();
    response.setHeader(Headers.VERSION, Long.toString(transaction.snapshotVersion()));
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    BatchJson.Source source =
        new BatchJson.Source(
            key -> transaction.entry(keyspace, key),
            key -> transaction.valueBytes(keyspace, key),
            transaction.snapshotVersion());
    BatchJson.multiget(
        source, keys, keyEncoding, limits.multigetBytesMax().toBytes(), response.getOutputStream());
  }

  private BatchReader reader(byte[] body, KeyEncoding keyEncoding, int countMax) {
    return new BatchReader(body, keyEncoding, countMax, limits.valueBytesMax().toBytes());
  }
}
