package io.lightningdb.server.transaction;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Scan;
import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.range.CursorText;
import io.lightningdb.server.keyvalue.range.EntryLines;
import io.lightningdb.server.keyvalue.range.FirstPage;
import io.lightningdb.server.keyvalue.range.KeySpan;
import io.lightningdb.server.keyvalue.range.Page;
import io.lightningdb.server.keyvalue.range.PageAnswer;
import io.lightningdb.server.keyvalue.range.PageRequest;
import io.lightningdb.server.keyvalue.range.PageText;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.LineStream;
import io.lightningdb.server.web.MediaTypes;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Ranges of entries as a transaction sees them: `/v1/transactions/{transaction}/keyspaces/{keyspace}/entries` and
/// `entries:count`.
@RestController
class TransactionRangeController {
  private static final String PATH = "/v1/transactions/{transaction}/keyspaces/{keyspace}/entries";
  private static final String CONFIRM = "confirm";

  private final Transactions transactions;
  private final Keyspaces keyspaces;
  private final CursorText cursorText;
  private final LineStream lines;
  private final LightningProperties.RequestLimits limits;

  /// Called by Spring.
  ///
  /// @param transactions finds transactions
  /// @param keyspaces finds keyspaces
  /// @param cursorText writes and reads cursors
  /// @param lines answers with streams
  /// @param settings has the limits
  TransactionRangeController(
      Transactions transactions,
      Keyspaces keyspaces,
      CursorText cursorText,
      LineStream lines,
      LightningProperties settings) {
    this.transactions = transactions;
    this.keyspaces = keyspaces;
    this.cursorText = cursorText;
    this.lines = lines;
    this.limits = settings.limits();
  }

  /// Lists entries: a page as JSON, or all of them as a stream of lines.
  ///
  /// @param id names the transaction
  /// @param name name of the keyspace
  /// @param request says which entries, and has the media types that the client wants
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
    KeyParameters.KEY_ENCODING
  })
  void list(
      @PathVariable("transaction") String id,
      @PathVariable("keyspace") String name,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Session session = transactions.active(id);
    Keyspace keyspace = keyspaces.get(name);
    Query query = Query.of(request);
    try {
      Optional<String> lineType = MediaTypes.lines(request);
      if (lineType.isPresent()) {
        response.setHeader(HttpHeaders.CONTENT_TYPE, lineType.get());
        stream(session, keyspace, request, response);
      } else {
        PageAnswer.write(page(session, keyspace, query), query, request, response);
      }
    } catch (EngineException.Closed closed) {
      throw cause(id, closed);
    }
  }

  /// A scan whose transaction ends says that it is closed; the client wants to know about the transaction.
  private RuntimeException cause(String id, EngineException.Closed closed) {
    transactions.active(id);
    return closed;
  }

  private Page page(Session session, Keyspace keyspace, Query query) {
    int limit =
        query.whole(PageRequest.LIMIT, limits.pageEntriesDefault(), 1, limits.pageEntriesMax());
    Optional<String> cursor = query.text(PageRequest.CURSOR);
    if (cursor.isEmpty()) {
      return page(session, keyspace, PageRequest.of(query, limit), FirstPage.of(query));
    }
    CursorText.Place place = cursorText.read(cursor.get());
    if (place.walk() != session.secret()) {
      throw TransactionCursor.anotherList();
    }
    TransactionCursor left = TransactionCursor.of(place.position());
    if (!left.keyspace().equals(keyspace.name())) {
      throw TransactionCursor.anotherList();
    }
    left.first().requireSame(query);
    PageRequest rest = left.toRequest(KeyParameters.encoding(query), limit);
    return page(session, keyspace, rest, left.first());
  }

  private Page page(Session session, Keyspace keyspace, PageRequest request, FirstPage first) {
    PageText text =
        new PageText(request.fields(), request.keyEncoding(), limits.pageBytesMax().toBytes());
    byte[] last;
    try (Scan scan = scan(session, keyspace, request)) {
      last = text.fill(scan, request.limit());
    }
    Optional<String> cursor = Optional.empty();
    if (last != null) {
      KeySpan left = request.keys().behind(last, request.reverse());
      TransactionCursor next =
          new TransactionCursor(keyspace.name(), left, request.reverse(), request.fields(), first);
      cursor =
          Optional.of(cursorText.write(new CursorText.Place(session.secret(), next.toBytes())));
    }
    return text.toPage(session.transaction().snapshotVersion(), cursor);
  }

  private static Scan scan(Session session, Keyspace keyspace, PageRequest request) {
    return session.transaction().scan(keyspace, request.keys().toRange(request.reverse()));
  }

  private void stream(
      Session session, Keyspace keyspace, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Query query = Query.of(request);
    if (query.has(PageRequest.CURSOR)) {
      throw Query.invalid(PageRequest.CURSOR, "has no meaning for a stream, which has no pages");
    }
    int limit = query.whole(PageRequest.LIMIT, Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
    PageRequest wanted = PageRequest.of(query, limit);
    response.setHeader(Headers.VERSION, version(session));
    lines.answer(
        request,
        response,
        plain -> plain,
        target -> {
          try (Scan scan = scan(session, keyspace, wanted)) {
            EntryLines.write(scan, wanted, target);
          }
        });
  }

  /// How many entries there are.
  ///
  /// @param count the exact number
  record CountDocument(long count) {}

  /// Counts entries.
  ///
  /// @param id names the transaction
  /// @param name name of the keyspace
  /// @param query which entries
  /// @return their number
  @GetMapping(path = PATH + ":count", produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({KeySpan.PREFIX, KeySpan.START, KeySpan.END, KeyParameters.KEY_ENCODING})
  ResponseEntity<CountDocument> count(
      @PathVariable("transaction") String id, @PathVariable("keyspace") String name, Query query) {
    Session session = transactions.active(id);
    Keyspace keyspace = keyspaces.get(name);
    long count = 0;
    try (Scan scan = session.transaction().scan(keyspace, KeySpan.of(query).toRange(false))) {
      while (scan.next()) {
        count++;
      }
    } catch (EngineException.Closed closed) {
      throw cause(id, closed);
    }
    return ResponseEntity.ok()
        .header(Headers.VERSION, version(session))
        .body(new CountDocument(count));
  }

  /// Removes all entries of a range when the transaction commits.
  ///
  /// @param id names the transaction
  /// @param name name of the keyspace
  /// @param query which entries, and the confirmation
  /// @return 204
  @DeleteMapping(PATH)
  @QueryParameters({
    KeySpan.PREFIX,
    KeySpan.START,
    KeySpan.END,
    CONFIRM,
    KeyParameters.KEY_ENCODING
  })
  ResponseEntity<Void> delete(
      @PathVariable("transaction") String id, @PathVariable("keyspace") String name, Query query) {
    Session session = transactions.active(id);
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
    session.writable().deleteRange(keyspace, keys.toRange(false));
    return ResponseEntity.noContent().header(Headers.VERSION, version(session)).build();
  }

  private static String version(Session session) {
    return Long.toString(session.transaction().snapshotVersion());
  }
}
