package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Expiry;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.Headers;
import io.lightningdb.server.metrics.ReadLatency;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesConditions;
import io.lightningdb.server.web.TakesValue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/// Single entries: `/v1/keyspaces/{keyspace}/entries/{key}`.
@RestController
class EntryController {
  // As it was read, and in its commit.
  private static final int BODY_COPIES = 2;

  private static final String PATH = "/v1/keyspaces/{keyspace}/entries/{key}";

  private final EntryService entries;
  private final ReadSnapshots snapshots;
  private final ReadLatency latency;
  private final RequestBodies bodies;
  private final RequestBodies.Limit valueLimit;

  /// Called by Spring.
  ///
  /// @param entries does the work
  /// @param snapshots takes what is read
  /// @param latency times reads
  /// @param bodies reads values
  /// @param settings has the limits
  EntryController(
      EntryService entries,
      ReadSnapshots snapshots,
      ReadLatency latency,
      RequestBodies bodies,
      LightningProperties settings) {
    this.entries = entries;
    this.snapshots = snapshots;
    this.latency = latency;
    this.bodies = bodies;
    this.valueLimit =
        new RequestBodies.Limit(
            settings.limits().valueBytesMax().toBytes(), ProblemType.VALUE_TOO_LARGE, BODY_COPIES);
  }

  /// Answers the value of an entry as it was sent, or part of it.
  ///
  /// @param address which entry
  /// @param query may name a past version
  /// @param request has conditions and the range
  /// @param response where to answer
  /// @throws IOException if the client is gone
  @GetMapping(PATH)
  @QueryParameters({KeyParameters.KEY_ENCODING, ReadSnapshots.AT})
  void get(
      EntryAddress address, Query query, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    EntryService.Reading reading = latency.get(() -> read(address, query));
    response.setHeader(Headers.VERSION, Long.toString(reading.visibleVersion()));
    Entry entry = reading.entry();
    if (entry == null) {
      throw EntryAnswer.notFound();
    }
    EntryAnswer.write(entry, request, response);
  }

  /// Most reads find what they look for, and need no snapshot to say of which version that is so.
  private EntryService.Reading read(EntryAddress address, Query query) {
    return query.has(ReadSnapshots.AT)
        ? readAt(address, query)
        : entries.readNewest(address).orElseGet(() -> readAt(address, query));
  }

  private EntryService.Reading readAt(EntryAddress address, Query query) {
    try (Snapshot snapshot = snapshots.take(query)) {
      return entries.read(address, snapshot);
    }
  }

  /// Adds or replaces an entry.
  ///
  /// @param address which entry
  /// @param query may tell how long it lives
  /// @param request has the value, its media type, its end and conditions
  /// @param response where to answer: 201 if it was added, 200 if it was replaced, 202 if it is not yet on stable
  ///     storage
  /// @throws IOException if the value cannot be read, or the client is gone
  @PutMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({KeyParameters.KEY_ENCODING, ExpiryParameters.TTL})
  @TakesValue
  @TakesConditions({HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH})
  void put(
      EntryAddress address, Query query, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Precondition condition = Precondition.of(request);
    Durability durability = DurabilityHeader.of(request, address.keyspace());
    Expiry expiry = ExpiryParameters.of(request, query);
    ValueType type = ValueType.of(request);
    byte[] body = bodies.read(request, valueLimit);
    StoredValue value = type.value(body);
    EntryService.NewEntry entry = new EntryService.NewEntry(value, expiry);
    WriteResult result = entries.put(address, entry, condition, durability);
    HttpStatus status = result.created() ? HttpStatus.CREATED : HttpStatus.OK;
    response.setHeader(HttpHeaders.ETAG, EntryAnswer.tag(result.version()));
    new VersionDocument(result.version()).write(status, durability, response);
  }

  /// Removes an entry.
  ///
  /// @param address which entry
  /// @param request has conditions
  /// @return 204, or 202 if the removal is not yet on stable storage
  @DeleteMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  @TakesConditions({HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH})
  ResponseEntity<VersionDocument> delete(EntryAddress address, HttpServletRequest request) {
    Durability durability = DurabilityHeader.of(request, address.keyspace());
    WriteResult result = entries.delete(address, Precondition.of(request), durability);
    ResponseEntity.BodyBuilder answer =
        VersionDocument.answer(HttpStatus.NO_CONTENT, result.version(), durability);
    return durability == Durability.LOGGED
        ? answer.body(new VersionDocument(result.version()))
        : answer.build();
  }
}
