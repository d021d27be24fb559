package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Durability;
import io.lightningdb.server.keyvalue.DurabilityHeader;
import io.lightningdb.server.keyvalue.EntryAddress;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Counters: `/v1/keyspaces/{keyspace}/entries/{key}/increment`. An increment is a batch of one operation.
@RestController
class IncrementController {
  private static final RequestBody.Limit BODY_LIMIT =
      new RequestBody.Limit(64 * 1024, ProblemType.BODY_TOO_LARGE);

  private final BatchService batches;

  /// Called by Spring.
  ///
  /// @param batches carries out batches
  IncrementController(BatchService batches) {
    this.batches = batches;
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
  ResponseEntity<CounterDocument> increment(EntryAddress address, HttpServletRequest request)
      throws IOException {
    Durability durability = DurabilityHeader.of(request, address.keyspace());
    byte[] body = RequestBody.read(request, BODY_LIMIT);
    Operation increment = new BatchReader(body, KeyEncoding.TEXT, 1, 0).increment(address.key());
    BatchRequest batch = new BatchRequest(List.of(increment), true);
    OperationResult result =
        batches.run(address.keyspace(), batch, durability).results().getFirst();
    if (!(result instanceof OperationResult.Counted counted)) {
      throw new IllegalStateException("an increment was answered with " + result);
    }
    return VersionDocument.answer(HttpStatus.OK, counted.version(), durability)
        .header(HttpHeaders.ETAG, "\"" + counted.version() + "\"")
        .body(new CounterDocument(counted.value(), counted.version()));
  }

  /// A counter as JSON.
  ///
  /// @param value its new value
  /// @param version version of the commit
  record CounterDocument(long value, long version) {}
}
