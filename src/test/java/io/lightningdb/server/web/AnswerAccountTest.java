package io.lightningdb.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.testkit.LiveHeap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Answers that are built are charged for what they take of the heap.
class AnswerAccountTest {
  private final AtomicLong charged = new AtomicLong();

  @Test
  void answers() {
    CallerMemory memory = new CallerMemory(charged::addAndGet, 1L << 30, 1L << 30);
    List<ChargedBuffer> all = new ArrayList<>();
    long heapBefore = LiveHeap.bytes();
    try (MemoryLease lease = memory.lease(0)) {
      lease.call(() -> {
        for (int i = 1; i <= 30; i++) {
          ChargedBuffer answer = new ChargedBuffer(CallerMemory.Use.OUTGOING);
          for (int written = 0; written < i * 100; written++) {
            answer.write(new byte[1000], 0, 1000);
          }
          all.add(answer);
        }
        return true;
      });
      LiveHeap.isCharged("answers", LiveHeap.bytes() - heapBefore, charged.get());
    }
    assertThat(all).hasSize(30);
    assertThat(charged.get()).isZero();
  }
}
