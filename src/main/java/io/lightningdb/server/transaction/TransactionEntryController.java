package io.lightningdb.server.transaction;

import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Expiry;
import io.lightningdb.engine.Transaction;
import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.EntryAddress;
import io.lightningdb.server.keyvalue.EntryAnswer;
import io.lightningdb.server.keyvalue.ExpiryParameters;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.keyvalue.Precondition;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.keyvalue.ValueType;
import io.lightningdb.server.keyvalue.batch.BatchReader;
import io.lightningdb.server.keyvalue.batch.Counter;
import io.lightningdb.server.keyvalue.batch.Operation;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Denials;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesConditions;
import io.lightningdb.server.web.TakesValue;
import io.lightningdb.token.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/// Single entries as a transaction sees them: `/v1/transactions/{transaction}/keyspaces/{keyspace}/entries/{key}`.
@RestController
class TransactionEntryController {
  private static final String PATH =
      "/v1/transactions/{transaction}/keyspaces/{keyspace}/entries/{key}";
  private static final String LOCK = "lock";
  private static final RequestBodies.Limit INCREMENT_LIMIT =
      new RequestBodies.Limit(64 * 1024, ProblemType.BODY_TOO_LARGE);

  private final Transactions transactions;
  private final RequestBodies bodies;
  private final Denials denials;
  private final RequestBodies.Limit valueLimit;

  /// What a read locks.
  private enum Lock {
    NONE,
    UPDATE
  }

  /// Called by Spring.
  ///
  /// @param transactions finds transactions
  /// @param bodies reads bodies
  /// @param denials refuses what the caller may not do
  /// @param settings has the limits
  TransactionEntryController(
      Transactions transactions,
      RequestBodies bodies,
      Denials denials,
      LightningProperties settings) {
    this.transactions = transactions;
    this.bodies = bodies;
    this.denials = denials;
    this.valueLimit =
        new RequestBodies.Limit(
            settings.limits().valueBytesMax().toBytes(), ProblemType.VALUE_TOO_LARGE, 3);
  }

  /// Answers the value of an entry, after locking it if that is asked for.
  ///
  /// @param id names the transaction
  /// @param address which entry
  /// @param query asks for the lock
  /// @param request has conditions and the range
  /// @param response where to answer
  /// @throws IOException if the client is gone
  @GetMapping(PATH)
  @QueryParameters({KeyParameters.KEY_ENCODING, LOCK})
  void get(
      @PathVariable("transaction") String id,
      EntryAddress address,
      Query query,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Session session = transactions.active(id);
    response.setHeader(Headers.VERSION, version(session));
    if (query.choice(LOCK, Lock.class, Lock.NONE) == Lock.UPDATE) {
      // A lock keeps others from writing.
      denials.require(request, Role.WRITER, address.keyspace().name());
      session.lock(address.keyspace(), address.key());
    }
    Entry entry = session.transaction().entry(address.keyspace(), address.key());
    if (entry == null) {
      throw EntryAnswer.notFound();
    }
    EntryAnswer.write(entry, request, response);
  }

  /// Adds or replaces an entry when the transaction commits.
  ///
  /// @param id names the transaction
  /// @param address which entry
  /// @param query may tell how long it lives
  /// @param request has the value, its media type, its end and conditions
  /// @return 204
  /// @throws IOException if the value cannot be read
  @PutMapping(PATH)
  @QueryParameters({KeyParameters.KEY_ENCODING, ExpiryParameters.TTL})
  @TakesValue
  @TakesConditions({HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH})
  ResponseEntity<Void> put(
      @PathVariable("transaction") String id,
      EntryAddress address,
      Query query,
      HttpServletRequest request)
      throws IOException {
    Session session = transactions.active(id);
    Transaction transaction = session.writable();
    Precondition condition = Precondition.of(request);
    Expiry expiry = ExpiryParameters.of(request, query);
    ValueType type = ValueType.of(request);
    byte[] body = bodies.read(request, valueLimit);
    StoredValue value = type.value(body);
    if (!condition.isAbsent()) {
      check(condition, transaction.entry(address.keyspace(), address.key()));
    }
    transaction.put(address.keyspace(), address.key(), value.toStored(), expiry);
    return ResponseEntity.noContent().header(Headers.VERSION, version(session)).build();
  }

  /// Removes an entry when the transaction commits.
  ///
  /// @param id names the transaction
  /// @param address which entry
  /// @param request has conditions
  /// @return 204
  @DeleteMapping(PATH)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  @TakesConditions({HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH})
  ResponseEntity<Void> delete(
      @PathVariable("transaction") String id, EntryAddress address, HttpServletRequest request) {
    Session session = transactions.active(id);
    Transaction transaction = session.writable();
    Entry entry = transaction.entry(address.keyspace(), address.key());
    if (entry == null) {
      throw EntryAnswer.notFound();
    }
    check(Precondition.of(request), entry);
    transaction.delete(address.keyspace(), address.key());
    return ResponseEntity.noContent().header(Headers.VERSION, version(session)).build();
  }

  /// A counter as JSON.
  ///
  /// @param value its new value
  /// @param version always 0: it is not known before the commit
  record CounterDocument(long value, long version) {}

  /// Adds to a counter when the transaction commits.
  ///
  /// @param id names the transaction
  /// @param address which entry
  /// @param request says how much
  /// @return the new value, as the transaction sees it
  /// @throws IOException if the body cannot be read
  @PostMapping(
      path = PATH + "/increment",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters(KeyParameters.KEY_ENCODING)
  ResponseEntity<CounterDocument> increment(
      @PathVariable("transaction") String id, EntryAddress address, HttpServletRequest request)
      throws IOException {
    Session session = transactions.active(id);
    Transaction transaction = session.writable();
    byte[] body = bodies.readJson(request, INCREMENT_LIMIT);
    BatchReader reader = new BatchReader(body, KeyEncoding.TEXT, 1, 0);
    Operation.Increment increment = reader.increment(address.key());
    Entry before = transaction.entry(address.keyspace(), address.key());
    long value = Counter.after(before, increment);
    transaction.put(
        address.keyspace(), address.key(), Counter.toStored(value), Counter.expiry(before));
    return ResponseEntity.ok()
        .header(Headers.VERSION, version(session))
        .body(new CounterDocument(value, 0));
  }

  private static void check(Precondition condition, @Nullable Entry entry) {
    if (!condition.holdsFor(Precondition.comparable(entry))) {
      throw EntryAnswer.refused(entry);
    }
  }

  private static String version(Session session) {
    return Long.toString(session.transaction().snapshotVersion());
  }
}
