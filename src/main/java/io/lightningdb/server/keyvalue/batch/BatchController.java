package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.Headers;
import io.lightningdb.server.idempotency.AnswerDraft;
import io.lightningdb.server.idempotency.IdempotentCalls;
import io.lightningdb.server.keyvalue.DurabilityHeader;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.ReadSnapshots;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesIdempotencyKey;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Many entries in one request: `entries:batch` and `entries:multiget`.
@RestController
class BatchController {
  // As it was read, cut into values, and in its commit.
  private static final int BODY_COPIES = 3;

  private static final String PATH = "/v1/keyspaces/{keyspace}/entries";

  private final Keyspaces keyspaces;
  private final BatchService batches;
  private final IdempotentCalls idempotency;
  private final ReadSnapshots snapshots;
  private final ProblemWriter problems;
  private final RequestBodies bodies;
  private final LightningProperties.RequestLimits limits;
  private final RequestBodies.Limit bodyLimit;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  /// @param batches carries out batches
  /// @param idempotency does what has a key once
  /// @param snapshots takes what is read
  /// @param problems writes what went wrong
  /// @param bodies reads operations and keys
  /// @param settings has the limits
  BatchController(
      Keyspaces keyspaces,
      BatchService batches,
      IdempotentCalls idempotency,
      ReadSnapshots snapshots,
      ProblemWriter problems,
      RequestBodies bodies,
      LightningProperties settings) {
    this.keyspaces = keyspaces;
    this.batches = batches;
    this.idempotency = idempotency;
    this.snapshots = snapshots;
    this.problems = problems;
    this.bodies = bodies;
    this.limits = settings.limits();
    this.bodyLimit =
        new RequestBodies.Limit(
            limits.batchBytesMax().toBytes(), ProblemType.BATCH_TOO_LARGE, BODY_COPIES);
  }

  /// Carries out a batch.
  ///
  /// @param name name of the keyspace
  /// @param query tells how keys are written
  /// @param request has the operations
  /// @return one result for each operation
  /// @throws IOException if the operations cannot be read
  @PostMapping(
      path = PATH + ":batch",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  @TakesIdempotencyKey
  ResponseEntity<?> batch(
      @PathVariable("keyspace") String name, Query query, HttpServletRequest request)
      throws IOException {
    Keyspace keyspace = keyspaces.get(name);
    KeyEncoding keyEncoding = KeyParameters.encoding(query);
    Durability durability = DurabilityHeader.of(request, keyspace);
    byte[] body = bodies.readJson(request, bodyLimit);
    BatchRequest batch = reader(body, keyEncoding, limits.batchOperationsMax()).batch();
    if (!batch.atomic() && IdempotentCalls.hasKey(request)) {
      String detail = "An Idempotency-Key needs an atomic batch: its answer is kept by its commit.";
      throw Problem.of(ProblemType.INVALID_CONTENT, detail).asException();
    }
    Function<BatchResult, byte[]> json =
        result -> BatchJson.batch(result, keyEncoding, problems, request.getRequestURI());
    return idempotency.answer(
        request,
        body,
        recorder -> {
          BeforeCommit record =
              (writes, results) -> recorder.record(writes, () -> draft(durability, json, results));
          BatchResult result = batches.run(keyspace, batch, durability, record);
          return VersionDocument.answer(HttpStatus.OK, result.version(), durability)
              .contentType(MediaType.APPLICATION_JSON)
              .body(json.apply(result));
        });
  }

  private static AnswerDraft draft(
      Durability durability, Function<BatchResult, byte[]> json, List<OperationResult> results) {
    byte[] body = json.apply(new BatchResult(AnswerDraft.VERSION, results));
    return new AnswerDraft(durability, AnswerDraft.Tag.ABSENT, body);
  }

  /// Reads many entries at one snapshot.
  ///
  /// @param name name of the keyspace
  /// @param query tells how keys are written, and may name a past version
  /// @param request has the keys
  /// @param response where to answer
  /// @throws IOException if the keys cannot be read or the client is gone
  @PostMapping(
      path = PATH + ":multiget",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({KeyParameters.KEY_ENCODING, ReadSnapshots.AT})
  void multiget(
      @PathVariable("keyspace") String name,
      Query query,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Keyspace keyspace = keyspaces.get(name);
    KeyEncoding keyEncoding = KeyParameters.encoding(query);
    byte[] body = bodies.readJson(request, bodyLimit);
    List<byte[]> keys = reader(body, keyEncoding, limits.multigetKeysMax()).keys();
    try (Snapshot snapshot = snapshots.take(query)) {
      response.setHeader(Headers.VERSION, Long.toString(snapshot.version()));
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      BatchJson.Source source =
          new BatchJson.Source(
              key -> keyspace.entry(key, snapshot),
              key -> keyspace.valueBytes(key, snapshot),
              snapshot.version());
      BatchJson.multiget(
          source,
          keys,
          keyEncoding,
          limits.multigetBytesMax().toBytes(),
          response.getOutputStream());
    }
  }

  private BatchReader reader(byte[] body, KeyEncoding keyEncoding, int countMax) {
    return new BatchReader(body, keyEncoding, countMax, limits.valueBytesMax().toBytes());
  }
}
