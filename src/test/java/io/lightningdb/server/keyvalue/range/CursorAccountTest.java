package io.lightningdb.server.keyvalue.range;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.MemoryStats;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.LiveHeap;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Lists that rest are charged for what they take of the heap, and no longer than they rest.
class CursorAccountTest {
  private static final int COUNT_MAX = 100_000;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static long charged(Database database) {
    MemoryStats memory = database.stats().memory();
    return memory.snapshotBytes() + memory.embedderBytes();
  }

  private static void rest(Cursors cursors, Database database, int count) {
    Keyspace keyspace = database.keyspace(Database.DEFAULT_KEYSPACE);
    for (int i = 0; i < count; i++) {
      KeySpan keys = new KeySpan(new byte[100], new byte[i % 100]);
      Set<EntryField> fields = Set.copyOf(new HashSet<>(Set.of(EntryField.KEY, EntryField.VALUE)));
      cursors.add(
          new EntryWalk(
              keyspace,
              keys,
              false,
              fields,
              database.snapshot("client 127.0.0.1, GET /" + i),
              new Folding(0, new byte[i % 100]),
              new FirstPage(i, i, i, i, i, i, i)),
          ShareHolder.SERVICE);
    }
  }

  @Test
  void lists() {
    Database database = databases.open(DatabaseOptions.defaults());
    AtomicLong ids = new AtomicLong();
    try (Cursors cursors =
        new Cursors(
            new CallerShares(COUNT_MAX, System::nanoTime),
            Duration.ofMinutes(1),
            System::nanoTime,
            ids::incrementAndGet,
            database.memoryAccount())) {
      rest(cursors, database, 100);
      long heapBefore = LiveHeap.bytes();
      long chargedBefore = charged(database);

      rest(cursors, database, 40_000);

      LiveHeap.isCharged("lists", LiveHeap.bytes() - heapBefore, charged(database) - chargedBefore);
      cursors.end(1);
      assertThat(cursors.size()).isEqualTo(40_099);
    }
    assertThat(charged(database)).isZero();
  }
}
