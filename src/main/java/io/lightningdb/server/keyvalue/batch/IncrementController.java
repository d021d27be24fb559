package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.idempotency.AnswerDraft;
import io.lightningdb.server.idempotency.IdempotentCalls;
import io.lightningdb.server.keyvalue.DurabilityHeader;
import io.lightningdb.server.keyvalue.EntryAddress;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesIdempotencyKey;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Counters: `/v1/keyspaces/{keyspace}/entries/{key}/increment`. An increment is a batch of one operation.
@RestController
class IncrementController {
  private static final RequestBodies.Limit BODY_LIMIT =
      new RequestBodies.Limit(64 * 1024, ProblemType.BODY_TOO_LARGE);

  private final BatchService batches;
  private final IdempotentCalls idempotency;
  private final RequestBodies bodies;
  private final JsonMapper json;

  /// Called by Spring.
  ///
  /// @param batches carries out batches
  /// @param idempotency does what has a key once
  /// @param bodies reads bodies
  /// @param json writes answers
  IncrementController(
      BatchService batches, IdempotentCalls idempotency, RequestBodies bodies, JsonMapper json) {
    this.batches = batches;
    this.idempotency = idempotency;
    this.bodies = bodies;
    this.json = json;
  }

  /// Adds to a counter.
  ///
  /// @param address which entry
  /// @param request says how much
  /// @return the new value
  /// @throws IOException if the body cannot be read
  @PostMapping(
      path = "/v1/keyspaces/{keyspace}/entries/{key}/increment",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  @TakesIdempotencyKey
  ResponseEntity<?> increment(EntryAddress address, HttpServletRequest request) throws IOException {
    Durability durability = DurabilityHeader.of(request, address.keyspace());
    byte[] body = bodies.readJson(request, BODY_LIMIT);
    Operation increment = new BatchReader(body, KeyEncoding.TEXT, 1, 0).increment(address.key());
    BatchRequest batch = new BatchRequest(List.of(increment), true);
    return idempotency.answer(
        request,
        body,
        recorder -> {
          BeforeCommit record =
              (writes, results) -> recorder.record(writes, () -> draft(durability, results));
          BatchResult result = batches.run(address.keyspace(), batch, durability, record);
          CounterDocument counter = counter(result.results());
          return VersionDocument.answer(HttpStatus.OK, counter.version(), durability)
              .header(HttpHeaders.ETAG, "\"" + counter.version() + "\"")
              .body(counter);
        });
  }

  private AnswerDraft draft(Durability durability, List<OperationResult> results) {
    byte[] body = json.writeValueAsBytes(counter(results));
    return new AnswerDraft(durability, AnswerDraft.Tag.PRESENT, body);
  }

  private static CounterDocument counter(List<OperationResult> results) {
    if (!(results.getFirst() instanceof OperationResult.Counted counted)) {
      throw new IllegalStateException("an increment was answered with " + results);
    }
    return new CounterDocument(counted.value(), counted.version());
  }

  /// A counter as JSON.
  ///
  /// @param value its new value
  /// @param version version of the commit
  record CounterDocument(long value, long version) {}
}
