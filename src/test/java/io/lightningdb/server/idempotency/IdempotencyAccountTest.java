package io.lightningdb.server.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.MemoryLimits;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.LiveHeap;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/// Answers that are kept are charged for what they take of the heap, with what is known of their callers.
class IdempotencyAccountTest {
  private static final int CALLERS_MAX = 100_000;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();
  private final AtomicLong now = new AtomicLong(1_000 * IdempotencyRecords.AGE_MAX.toMillis());

  @AfterEach
  void clear() {
    RequestContextHolder.resetRequestAttributes();
  }

  private static long charged(Database database) {
    MemoryStats memory = database.stats().memory();
    return memory.memtableBytes() + memory.embedderBytes();
  }

  private static void keep(Database database, IdempotencyRecords records, int from, int to) {
    WriteBatch writes = new WriteBatch();
    List<IdempotencyRecords.Room> rooms = new ArrayList<>();
    for (int i = from; i < to; i++) {
      RequestContextHolder.setRequestAttributes(
          new ServletRequestAttributes(new MockHttpServletRequest()));
      new ShareHolder("token-" + i, ShareHolder.Rank.ORDINARY).mark();
      IdempotencyRecords.Room room = records.room();
      AnswerDraft draft = new AnswerDraft(Durability.LOGGED, AnswerDraft.Tag.PRESENT, new byte[40]);
      records.add("token-" + i + "\nkey", new byte[32], draft, writes, room);
      rooms.add(room);
      if (rooms.size() == 500 || i + 1 == to) {
        database.write(writes, Durability.LOGGED);
        rooms.forEach(IdempotencyRecords.Room::keep);
        rooms.clear();
        writes = new WriteBatch();
      }
    }
  }

  @Test
  void keptAnswers() {
    Database database =
        databases.open(
            DatabaseOptions.defaults()
                .withLog(1 << 20, Duration.ofMillis(100))
                .withMemtables(256L << 20, 1)
                .withMemory(new MemoryLimits(512L << 20, 0)));
    CallerShares shares = new CallerShares(1L << 30, CALLERS_MAX, System::nanoTime);
    IdempotencyRecords records = new IdempotencyRecords(database, shares, now::get);
    keep(database, records, 0, 1_000);
    long heapBefore = LiveHeap.bytes();
    long chargedBefore = charged(database);

    keep(database, records, 1_000, 60_000);

    LiveHeap.isCharged(
        "kept answers", LiveHeap.bytes() - heapBefore, charged(database) - chargedBefore);
    now.addAndGet(3 * IdempotencyRecords.AGE_MAX.toMillis());
    records.removeOld();
    assertThat(database.stats().memory().embedderBytes()).isZero();
    assertThat(shares.held()).isZero();
  }
}
