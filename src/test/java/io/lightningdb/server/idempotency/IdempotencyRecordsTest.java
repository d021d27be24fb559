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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
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
  }

  @AfterEach
  void close() {
    database.close();
  }

  private IdempotencyRecords newRecords() {
    return new IdempotencyRecords(database, () -> Instant.ofEpochMilli(now.get()));
  }

  private static AnswerDraft draft(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new AnswerDraft(Durability.LOGGED, AnswerDraft.Tag.PRESENT, bytes);
  }

  private long keep(String key) {
    WriteBatch writes = new WriteBatch();
    records.add(key, DIGEST, draft("{\"version\":" + AnswerDraft.VERSION + "}"), writes);
    return database.write(writes, Durability.LOGGED);
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
        .isEqualTo("{\"version\":" + version + "}");
    assertThat(records.find("j")).isEmpty();
    now.incrementAndGet();
    assertThat(records.find("k")).isEmpty();
  }

  @Test
  void answersAreFoundAfterTheClockWasSetBack() {
    keep("k");
    now.addAndGet(-AGE_MILLIS / 2);
    assertThat(records.find("k")).isPresent();
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
  void whatIsKeptIsBounded() {
    AnswerDraft large = draft("1".repeat(IdempotencyRecords.ANSWER_BYTES_MAX - 100));
    WriteBatch writes = new WriteBatch();
    long fitting = IdempotencyRecords.BYTES_MAX / IdempotencyRecords.ANSWER_BYTES_MAX;
    for (int i = 0; i < fitting; i++) {
      writes = new WriteBatch();
      records.add("k" + i, DIGEST, large, writes);
    }
    WriteBatch oneMore = writes;
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2; i++) {
                records.add("more", DIGEST, large, oneMore);
              }
            })
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().type()).isEqualTo(ProblemType.OVERLOADED));
    assertThat(records.bytes()).isLessThanOrEqualTo(IdempotencyRecords.BYTES_MAX);
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
}
