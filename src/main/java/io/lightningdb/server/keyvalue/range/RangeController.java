package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.DurabilityHeader;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.ReadSnapshots;
import io.lightningdb.server.keyvalue.VersionDocument;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.LineStream;
import io.lightningdb.server.web.MediaTypes;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.VersionHeader;
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
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Ranges of entries: `/v1/keyspaces/{keyspace}/entries` and `entries:count`.
@RestController
class RangeController {
  private static final String PATH = "/v1/keyspaces/{keyspace}/entries";
  private static final String CONFIRM = "confirm";

  private final Keyspaces keyspaces;
  private final PageService pages;
  private final RangeService ranges;
  private final ReadSnapshots snapshots;
  private final LineStream lines;
  private final LightningProperties.RequestLimits limits;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  /// @param pages reads lists
  /// @param ranges streams, counts and deletes
  /// @param snapshots takes what is read
  /// @param lines answers with streams
  /// @param settings has the limits
  RangeController(
      Keyspaces keyspaces,
      PageService pages,
      RangeService ranges,
      ReadSnapshots snapshots,
      LineStream lines,
      LightningProperties settings) {
    this.keyspaces = keyspaces;
    this.pages = pages;
    this.ranges = ranges;
    this.snapshots = snapshots;
    this.lines = lines;
    this.limits = settings.limits();
  }

  /// Lists entries: a page as JSON, or all of them as a stream of lines.
  ///
  /// @param name name of the keyspace
  /// @param query which entries
  /// @param request has the media types that the client wants
  /// @param response where to answer
  /// @throws IOException if the client is gone
  @GetMapping(
      path = PATH,
      produces = {
        MediaType.APPLICATION_JSON_VALUE,
        MediaTypes.NDJSON,
        MediaTypes.NDJSON_UNPREFIXED,
        MediaTypes.JSONL
      })
  @QueryParameters({
    KeySpan.PREFIX,
    KeySpan.START,
    KeySpan.END,
    PageRequest.REVERSE,
    PageRequest.LIMIT,
    PageRequest.CURSOR,
    PageRequest.FIELDS,
    Folding.DELIMITER,
    ReadSnapshots.AT,
    KeyParameters.KEY_ENCODING
  })
  void list(
      @PathVariable("keyspace") String name,
      Query query,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Keyspace keyspace = keyspaces.get(name);
    Optional<String> lineType = MediaTypes.lines(request);
    if (lineType.isPresent()) {
      response.setHeader(HttpHeaders.CONTENT_TYPE, lineType.get());
      stream(keyspace, query, request, response);
    } else {
      PageAnswer.write(page(keyspace, query, request), query, request, response);
    }
  }

  private Page page(Keyspace keyspace, Query query, HttpServletRequest request) {
    int limit =
        query.whole(PageRequest.LIMIT, limits.pageEntriesDefault(), 1, limits.pageEntriesMax());
    Optional<String> cursor = query.text(PageRequest.CURSOR);
    if (cursor.isEmpty()) {
      PageRequest first = PageRequest.of(query, limit);
      return pages.first(
          keyspace, first, Folding.of(query), FirstPage.of(query), snapshots.take(query));
    }
    PageService.Reading reading =
        new PageService.Reading(
            KeyParameters.encoding(query), limit, VersionHeader.atLeast(request), query);
    return pages.next(keyspace, cursor.get(), reading);
  }

  private void stream(
      Keyspace keyspace, Query query, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (query.has(PageRequest.CURSOR)) {
      throw Query.invalid(PageRequest.CURSOR, "has no meaning for a stream, which has no pages");
    }
    if (query.has(Folding.DELIMITER)) {
      throw Query.invalid(Folding.DELIMITER, "has no meaning for a stream, which has entries only");
    }
    PageRequest wanted =
        PageRequest.of(
            query, query.whole(PageRequest.LIMIT, Integer.MAX_VALUE, 1, Integer.MAX_VALUE));
    try (Snapshot snapshot = snapshots.take(query)) {
      response.setHeader(Headers.VERSION, Long.toString(snapshot.version()));
      lines.answer(
          request,
          response,
          plain -> plain,
          target -> ranges.stream(keyspace, wanted, snapshot, target));
    }
  }

  /// How many entries there are.
  ///
  /// @param count the exact number
  record CountDocument(long count) {}

  /// Counts entries.
  ///
  /// @param name name of the keyspace
  /// @param query which entries
  /// @return their number
  @GetMapping(path = PATH + ":count", produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({
    KeySpan.PREFIX,
    KeySpan.START,
    KeySpan.END,
    ReadSnapshots.AT,
    KeyParameters.KEY_ENCODING
  })
  ResponseEntity<CountDocument> count(@PathVariable("keyspace") String name, Query query) {
    Keyspace keyspace = keyspaces.get(name);
    try (Snapshot snapshot = snapshots.take(query)) {
      long count = ranges.count(keyspace, KeySpan.of(query), snapshot);
      return ResponseEntity.ok()
          .header(Headers.VERSION, Long.toString(snapshot.version()))
          .body(new CountDocument(count));
    }
  }

  /// Removes a range of entries in one commit.
  ///
  /// @param name name of the keyspace
  /// @param query which entries, and the confirmation
  /// @param request has the durability
  /// @return version of the commit
  @DeleteMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({
    KeySpan.PREFIX,
    KeySpan.START,
    KeySpan.END,
    CONFIRM,
    KeyParameters.KEY_ENCODING
  })
  ResponseEntity<VersionDocument> delete(
      @PathVariable("keyspace") String name, Query query, HttpServletRequest request) {
    Keyspace keyspace = keyspaces.get(name);
    KeySpan keys = KeySpan.of(query);
    if (keys.isWhole()) {
      throw Query.invalid(
          KeySpan.PREFIX, "or start or end must say which entries are deleted, and not be empty");
    }
    if (!query.flag(CONFIRM)) {
      String detail = "Add confirm=true to delete all entries of the range.";
      throw Problem.of(ProblemType.CONFIRMATION_REQUIRED, detail)
          .with("parameter", CONFIRM)
          .asException();
    }
    Durability durability = DurabilityHeader.of(request, keyspace);
    long version = ranges.delete(keyspace, keys, durability);
    return VersionDocument.answer(HttpStatus.OK, version, durability)
        .body(new VersionDocument(version));
  }
}
