package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.Headers;
import io.lightningdb.server.problem.ProblemTranslation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
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
  private static final String PATH = "/v1/keyspaces/{keyspace}/entries/{key}";

  private final EntryService entries;
  private final ReadSnapshots snapshots;
  private final RequestBody.Limit valueLimit;

  /// Called by Spring.
  ///
  /// @param entries does the work
  /// @param snapshots takes what is read
  /// @param settings has the limits
  EntryController(EntryService entries, ReadSnapshots snapshots, LightningProperties settings) {
    this.entries = entries;
    this.snapshots = snapshots;
    this.valueLimit =
        new RequestBody.Limit(
            settings.limits().valueBytesMax().toBytes(), ProblemType.VALUE_TOO_LARGE);
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
    EntryService.Reading reading = read(address, query);
    response.setHeader(Headers.VERSION, Long.toString(reading.visibleVersion()));
    Entry entry = reading.entry();
    if (entry == null) {
      throw EntryService.notFound();
    }
    Precondition condition = Precondition.of(request);
    if (condition.match().isGiven() && !condition.match().matchStrongly(entry.version())) {
      String detail = "The entry has version " + entry.version() + ".";
      throw ProblemTranslation.preconditionFailed(detail, entry.version()).asException();
    }
    response.setHeader(HttpHeaders.ETAG, tag(entry.version()));
    if (condition.noneMatch().matchWeakly(entry.version())) {
      response.setStatus(HttpStatus.NOT_MODIFIED.value());
    } else {
      write(StoredValue.of(entry.value()), range(request, entry), response);
    }
  }

  private EntryService.Reading read(EntryAddress address, Query query) {
    try (Snapshot snapshot = snapshots.take(query)) {
      return entries.read(address, snapshot);
    }
  }

  /// The header Range, unless the client wants a part of another version only, which it then needs whole.
  private static Optional<String> range(HttpServletRequest request, Entry entry) {
    String ifRange = request.getHeader(HttpHeaders.IF_RANGE);
    boolean wanted = ifRange == null || ifRange.strip().equals(tag(entry.version()));
    return wanted && request.getMethod().equals("GET")
        ? Optional.ofNullable(request.getHeader(HttpHeaders.RANGE))
        : Optional.empty();
  }

  private static void write(
      StoredValue value, Optional<String> header, HttpServletResponse response) throws IOException {
    int length = value.bytes().length;
    Optional<ByteRange> part = ByteRange.of(header.orElse(null), length);
    if (part.isPresent()) {
      ByteRange range = part.get();
      response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
      response.setHeader(
          HttpHeaders.CONTENT_RANGE,
          "bytes %d-%d/%d".formatted(range.first(), range.last(), length));
    }
    ByteRange bytes = part.orElse(new ByteRange(0, length - 1));
    response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
    response.setHeader(HttpHeaders.CONTENT_TYPE, value.contentType());
    response.setContentLength(bytes.length());
    response.getOutputStream().write(value.bytes(), bytes.first(), bytes.length());
  }

  /// Adds or replaces an entry.
  ///
  /// @param address which entry
  /// @param request has the value, its media type and conditions
  /// @return 201 if it was added, 200 if it was replaced, 202 if it is not yet on stable storage
  /// @throws IOException if the value cannot be read
  @PutMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  ResponseEntity<VersionDocument> put(EntryAddress address, HttpServletRequest request)
      throws IOException {
    Precondition condition = Precondition.of(request);
    Durability durability = DurabilityHeader.of(request, address.keyspace());
    byte[] body = RequestBody.read(request, valueLimit);
    StoredValue value = ContentTypes.value(request.getContentType(), body);
    WriteResult result = entries.put(address, value, condition, durability);
    HttpStatus status = result.created() ? HttpStatus.CREATED : HttpStatus.OK;
    return VersionDocument.answer(status, result.version(), durability)
        .header(HttpHeaders.ETAG, tag(result.version()))
        .body(new VersionDocument(result.version()));
  }

  /// Removes an entry.
  ///
  /// @param address which entry
  /// @param request has conditions
  /// @return 204, or 202 if the removal is not yet on stable storage
  @DeleteMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  ResponseEntity<VersionDocument> delete(EntryAddress address, HttpServletRequest request) {
    Durability durability = DurabilityHeader.of(request, address.keyspace());
    WriteResult result = entries.delete(address, Precondition.of(request), durability);
    ResponseEntity.BodyBuilder answer =
        VersionDocument.answer(HttpStatus.NO_CONTENT, result.version(), durability);
    return durability == Durability.LOGGED
        ? answer.body(new VersionDocument(result.version()))
        : answer.build();
  }

  private static String tag(long version) {
    return "\"" + version + "\"";
  }
}
