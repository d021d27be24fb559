package io.lightningdb.server.transaction;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.idempotency.AnswerDraft;
import io.lightningdb.server.idempotency.IdempotentCalls;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.keyvalue.batch.BatchJson;
import io.lightningdb.server.keyvalue.batch.BatchReader;
import io.lightningdb.server.keyvalue.batch.ExecuteRequest;
import io.lightningdb.server.keyvalue.batch.Operation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Denials;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesIdempotencyKey;
import io.lightningdb.token.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Transactions of one request: `/v1/transactions:execute`.
@RestController
class ExecuteController {
  // As it was read, cut into values, with their envelopes; what the transaction keeps is charged to
  // it.
  private static final int BODY_COPIES = 3;

  private final ExecuteService executions;
  private final IdempotentCalls idempotency;
  private final Denials denials;
  private final LightningProperties.RequestLimits limits;
  private final RequestBodies bodies;
  private final RequestBodies.Limit bodyLimit;

  /// Called by Spring.
  ///
  /// @param executions does the work
  /// @param idempotency does what has a key once
  /// @param denials refuses what the caller may not do
  /// @param bodies reads bodies
  /// @param settings has the limits
  ExecuteController(
      ExecuteService executions,
      IdempotentCalls idempotency,
      Denials denials,
      RequestBodies bodies,
      LightningProperties settings) {
    this.executions = executions;
    this.idempotency = idempotency;
    this.denials = denials;
    this.limits = settings.limits();
    this.bodies = bodies;
    this.bodyLimit =
        new RequestBodies.Limit(
            limits.batchBytesMax().toBytes(), ProblemType.BATCH_TOO_LARGE, BODY_COPIES);
  }

  /// Compares entries and acts on the outcome, in one commit.
  ///
  /// @param query tells how keys are written
  /// @param request has the comparison and the operations
  /// @return whether the comparison held, and one result for each operation of that case
  /// @throws IOException if the body cannot be read
  @PostMapping(
      path = "/v1/transactions:execute",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  @TakesIdempotencyKey
  ResponseEntity<?> execute(Query query, HttpServletRequest request) throws IOException {
    KeyEncoding keyEncoding = KeyParameters.encoding(query);
    Durability durability = CommitDurability.of(request);
    byte[] body = bodies.readJson(request, bodyLimit);
    BatchReader reader =
        new BatchReader(
            body, keyEncoding, limits.batchOperationsMax(), limits.valueBytesMax().toBytes());
    ExecuteRequest wanted = reader.execute();
    requireRights(request, wanted);
    return idempotency.answer(
        request,
        body,
        recorder -> {
          ExecuteService.BeforeCommit record =
              (writes, outcome) ->
                  recorder.record(
                      writes,
                      () ->
                          new AnswerDraft(
                              durability, AnswerDraft.Tag.ABSENT, json(outcome, keyEncoding)));
          ExecuteService.Outcome outcome = executions.run(wanted, durability, record);
          return VersionDocument.answer(HttpStatus.OK, outcome.result().version(), durability)
              .contentType(MediaType.APPLICATION_JSON)
              .body(json(outcome, keyEncoding));
        });
  }

  /// Before anything is compared: a comparison that is refused halfway would tell how the others came out.
  private void requireRights(HttpServletRequest request, ExecuteRequest wanted) {
    for (ExecuteRequest.Comparison comparison : wanted.compare()) {
      denials.require(request, Role.READER, comparison.keyspace());
    }
    for (List<ExecuteRequest.Step> steps : List.of(wanted.then(), wanted.otherwise())) {
      for (ExecuteRequest.Step step : steps) {
        Role role = step.operation() instanceof Operation.Get ? Role.READER : Role.WRITER;
        denials.require(request, role, step.keyspace());
      }
    }
  }

  private static byte[] json(ExecuteService.Outcome outcome, KeyEncoding keyEncoding) {
    return BatchJson.executed(outcome.succeeded(), outcome.result(), keyEncoding);
  }
}
