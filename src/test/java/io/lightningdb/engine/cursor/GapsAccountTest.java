package io.lightningdb.engine.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.testkit.LiveHeap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Where scans found nothing is charged for what it takes of the heap, and bounded.
class GapsAccountTest {
  private static final int KEYSPACES = 900;
  private static final int BYTES_MAX = 40 << 10;

  private final AtomicLong charged = new AtomicLong();

  private static byte[] key(int number, int length) {
    return ByteBuffer.allocate(length).putInt(number).array();
  }

  private Gaps filled(int keyBytes) {
    Gaps gaps = new Gaps((_, _) -> true, charged::addAndGet);
    for (int i = 0; i < 200; i++) {
      KeyRange range = new KeyRange(key(2 * i, keyBytes), key(2 * i + 1, keyBytes));
      gaps.passed(new Gaps.Stretch(range, 1, 1), 20 + i, 10);
    }
    return gaps;
  }

  @Test
  void gaps() {
    filled(300);
    charged.set(0);
    long heapBefore = LiveHeap.bytes();
    List<Gaps> all = new ArrayList<>();
    for (int i = 0; i < KEYSPACES; i++) {
      all.add(filled(i % 2 == 0 ? 300 : 4096));
    }
    LiveHeap.isCharged("gaps", LiveHeap.bytes() - heapBefore, charged.get());
    assertThat(charged.get()).isLessThan((long) KEYSPACES * BYTES_MAX);
    all.getFirst().cut(key(2 * 199, 300));
    all.forEach(Gaps::end);
    assertThat(charged.get()).isZero();
    assertThat(all.getFirst().isEmpty()).isTrue();
  }

  @Test
  void whatIsFoundInAKeyspaceThatIsGoneIsNotKept() {
    Gaps gaps = filled(20);
    assertThat(gaps.isEmpty()).isFalse();
    gaps.end();
    gaps.passed(new Gaps.Stretch(new KeyRange(key(1, 20), key(2, 20)), 1, 1), 50, 10);
    assertThat(gaps.isEmpty()).isTrue();
    assertThat(charged.get()).isZero();
  }
}
