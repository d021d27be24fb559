package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Crew;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.Variant;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An interrupted caller completes its call, stays interrupted, and breaks nothing for anybody else.
class InterruptTest {
  private static final int WRITERS = 3;
  private static final int WRITES = 400;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  @AfterEach
  void clearInterrupt() {
    assertThat(Thread.interrupted()).as("left over").isFalse();
  }

  @Test
  void anInterruptedCallerCompletesEveryCall() {
    Database database = databases.open(Variant.TINY);
    Keyspace keyspace = database.keyspace("default");
    for (int i = 0; i < 100; i++) {
      Thread.currentThread().interrupt();
      useAll(database, keyspace, i);
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
    assertThat(database.writeFailure()).isEmpty();
    for (int i = 0; i < 100; i++) {
      assertThat(keyspace.get(key(i))).as("key " + i).hasSize(1000);
    }
  }

  private static void useAll(Database database, Keyspace keyspace, int i) {
    keyspace.put(key(i), new byte[1000], Durability.SYNCED);
    keyspace.put(key(1000 + i), new byte[1000], Durability.LOGGED);
    assertThat(keyspace.get(key(i))).hasSize(1000);
    try (Snapshot snapshot = database.snapshot();
        Scan scan = keyspace.scan(Range.all(), snapshot)) {
      assertThat(scan.next()).isTrue();
    }
    switch (i % 20) {
      case 0 -> keyspace.flush();
      case 1 -> keyspace.compact();
      case 2 -> database.keyspace("another", KeyspaceOptions.defaults());
      case 3 -> database.dropKeyspace("another");
      default -> {}
    }
  }

  @Test
  void aDatabaseCanBeOpenedAndClosedByAnInterruptedThread() {
    Thread.currentThread().interrupt();
    Keyspace keyspace = databases.open(Variant.TINY).keyspace("default");
    keyspace.put(key(1), new byte[10]);
    keyspace = databases.open(Variant.TINY).keyspace("default");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(keyspace.get(key(1))).hasSize(10);
  }

  @Test
  void interruptsAtAnyMomentBreakNothing() throws Exception {
    Database database = databases.open(Variant.TINY);
    Keyspace keyspace = database.keyspace("default");
    AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(WRITERS);
    AtomicLong writes = new AtomicLong();
    AtomicLong interrupts = new AtomicLong();
    Crew crew = new Crew();
    for (int writer = 0; writer < WRITERS; writer++) {
      int number = writer;
      crew.worker(() -> write(keyspace, threads, number, writes));
    }
    // At most one interrupt for each write, at whatever the threads are doing then.
    crew.companion(() -> {
      Thread thread = threads.get((int) (interrupts.get() % WRITERS));
      if (thread != null && interrupts.get() < writes.get()) {
        thread.interrupt();
        interrupts.incrementAndGet();
      }
      Thread.onSpinWait();
    });
    crew.run();
    assertThat(interrupts.get()).isPositive();
    assertThat(database.writeFailure()).isEmpty();
    for (int i = 0; i < WRITERS * WRITES; i++) {
      assertThat(keyspace.get(key(i))).as("key " + i).hasSize(500);
    }
  }

  private static void write(
      Keyspace keyspace, AtomicReferenceArray<Thread> threads, int number, AtomicLong writes) {
    threads.set(number, Thread.currentThread());
    for (int i = 0; i < WRITES; i++) {
      byte[] key = key(number * WRITES + i);
      keyspace.put(key, new byte[500], i % 4 == 0 ? Durability.SYNCED : Durability.LOGGED);
      assertThat(keyspace.get(key)).hasSize(500);
      writes.incrementAndGet();
    }
    threads.set(number, null);
    Thread.interrupted();
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }
}
