package io.lightningdb.server.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.ActingCaller;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.Shares;
import io.lightningdb.token.Rights;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;

class IdempotencyRecordsTest {
  private static final long AGE_MILLIS = IdempotencyRecords.AGE_MAX.toMillis();
  private static final byte[] DIGEST = new byte[32];

  private final AtomicLong now = new AtomicLong(1_000 * AGE_MILLIS + 17);
  private Database database;
  private IdempotencyRecords records;

  @BeforeEach
  void open(@TempDir Path directory) {
    database =
        Database.open(
            directory,
            DatabaseOptions.defaults().withLog(1 << 20, java.time.Duration.ofMillis(10)));
    records = newRecords();
    ActingCaller.set(Caller.LOCAL);
  }

  @AfterEach
  void close() {
    ActingCaller.clear();
    database.close();
  }

  private IdempotencyRecords newRecords() {
    CallerShares bytes = new CallerShares(Shares.IDEMPOTENCY_BYTES_MAX, 100, System::nanoTime);
    return new IdempotencyRecords(database, bytes, now::get);
  }

  private static AnswerDraft draft(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new AnswerDraft(Durability.LOGGED, AnswerDraft.Tag.PRESENT, bytes);
  }

  private long keep(String key) {
    WriteBatch writes = new WriteBatch();
    try (IdempotencyRecords.Room room = records.room()) {
      records.add(key, DIGEST, draft("{\"version\":" + AnswerDraft.VERSION + "}"), writes, room);
      long version = database.write(writes, Durability.LOGGED);
      room.keep();
      return version;
    }
  }

  private int kept() {
    int count = 0;
    try (Scan scan = database.keyspace(IdempotencyRecords.KEYSPACE).scan(Range.all())) {
      while (scan.next()) {
        count++;
      }
    }
    return count;
  }

  @Test
  void answersAreKeptForTheirTimeWhateverThePeriod() {
    long version = keep("k");
    now.addAndGet(AGE_MILLIS - 1);
    IdempotencyRecords.Found found = records.find("k").orElseThrow();
    assertThat(found.version()).isEqualTo(version);
    ResponseEntity<byte[]> answer = found.answer().at(version);
    assertThat(answer.getStatusCode().value()).isEqualTo(202);
    assertThat(answer.getHeaders().getETag()).isEqualTo("\"" + version + "\"");
    assertThat(answer.getBody())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"version\":" + version + "}\n");
    assertThat(records.find("j")).isEmpty();
    now.incrementAndGet();
    assertThat(records.find("k")).isEmpty();
  }

  @Test
  void aClockThatIsSetBackDoesNoHarm() {
    long version = keep("k");
    now.addAndGet(-1_000 * AGE_MILLIS);
    assertThat(records.find("k").orElseThrow().version()).isEqualTo(version);
  }

  @Test
  void aClockThatWasSetBackBeforeTheStartDoesNoHarm() {
    long version = keep("k");
    now.addAndGet(-500 * AGE_MILLIS);
    records = newRecords();
    assertThat(records.find("k").orElseThrow().version()).isEqualTo(version);
    keep("later");
    records.removeOld();
    assertThat(kept()).isEqualTo(2);

    now.addAndGet(2 * AGE_MILLIS);
    assertThat(records.find("k")).isEmpty();
    assertThat(records.find("later")).isEmpty();
    now.addAndGet(AGE_MILLIS);
    records.removeOld();
    assertThat(kept()).isZero();
  }

  @Test
  void oldAnswersAreRemovedAndNoOthers() {
    keep("old");
    now.addAndGet(AGE_MILLIS);
    keep("new");
    records.removeOld();
    assertThat(kept()).isEqualTo(2);
    now.addAndGet(AGE_MILLIS);
    records.removeOld();
    assertThat(kept()).isEqualTo(1);
    assertThat(records.bytes()).isPositive();
    now.addAndGet(AGE_MILLIS);
    records.removeOld();
    assertThat(kept()).isZero();
    assertThat(records.bytes()).isZero();
  }

  @Test
  void whatIsKeptIsCountedAgainAfterAStart() {
    keep("k");
    assertThat(newRecords().bytes()).isEqualTo(records.bytes()).isPositive();
  }

  @Test
  void attemptsAndFailedCallsAreNotCounted() {
    keep("k");
    long before = records.bytes();
    IdempotentCalls calls = new IdempotentCalls(records);
    MockHttpServletRequest request = request();
    assertThatThrownBy(() ->
            calls.answer(
                request,
                new byte[0],
                recorder -> {
                  recorder.record(new WriteBatch(), () -> draft("1"));
                  recorder.record(new WriteBatch(), () -> draft("1"));
                  throw new IllegalStateException("the call failed");
                }))
        .hasMessage("the call failed");
    assertThat(records.bytes()).isEqualTo(before);

    calls.answer(
        request,
        new byte[0],
        recorder -> {
          recorder.record(new WriteBatch(), () -> draft("1"));
          WriteBatch writes = new WriteBatch();
          recorder.record(writes, () -> draft("1"));
          database.write(writes, Durability.LOGGED);
          return ResponseEntity.ok().build();
        });
    assertThat(records.bytes()).isGreaterThan(before).isEqualTo(newRecords().bytes());
  }

  private static MockHttpServletRequest request() {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/v1");
    request.addHeader(IdempotentCalls.HEADER, "k2");
    return request;
  }

  @Test
  void whatIsKeptIsBounded() {
    AnswerDraft large = draft("1".repeat(IdempotencyRecords.ANSWER_BYTES_MAX - 100));
    List<IdempotencyRecords.Room> rooms = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= 256; i++) {
                rooms.add(records.room());
                records.add("k" + i, DIGEST, large, new WriteBatch(), rooms.getLast());
              }
            })
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().type()).isEqualTo(ProblemType.OVERLOADED));
    assertThat(rooms).hasSize(257);
    assertThat(records.bytes())
        .isLessThanOrEqualTo(Shares.IDEMPOTENCY_BYTES_MAX)
        .isGreaterThan(Shares.IDEMPOTENCY_BYTES_MAX - IdempotencyRecords.ANSWER_BYTES_MAX);
    rooms.forEach(IdempotencyRecords.Room::close);
    assertThat(records.bytes()).isZero();
  }

  @Test
  void aKeyIsRefusedWhileItsFirstRequestRuns() {
    IdempotentCalls calls = new IdempotentCalls(records);
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/v1");
    request.addHeader(IdempotentCalls.HEADER, "k");
    byte[] body = new byte[0];
    assertThatThrownBy(() ->
            calls.answer(
                request,
                body,
                _ -> {
                  calls.answer(request, body, _ -> ResponseEntity.ok().build());
                  return ResponseEntity.ok().build();
                }))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().type()).isEqualTo(ProblemType.IDEMPOTENCY_KEY_IN_USE));
    assertThat(
            calls.answer(request, body, _ -> ResponseEntity.ok().build()).getStatusCode().value())
        .isEqualTo(200);
  }

  @Test
  void aKeyOfOneCallerThatRunsIsFreeForOthers() {
    IdempotentCalls calls = new IdempotentCalls(records);
    MockHttpServletRequest request = request();
    byte[] body = new byte[0];
    ActingCaller.set(new Caller("token:1", "one", Rights.ALL, null));

    ResponseEntity<?> answer =
        calls.answer(
            request,
            body,
            _ -> {
              ActingCaller.set(new Caller("token:2", "two", Rights.ALL, null));
              int other =
                  calls
                      .answer(request, body, _ -> ResponseEntity.accepted().build())
                      .getStatusCode()
                      .value();
              return ResponseEntity.ok(other);
            });

    assertThat(answer.getBody()).isEqualTo(202);
  }
}
