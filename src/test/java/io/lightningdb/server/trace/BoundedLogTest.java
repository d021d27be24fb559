package io.lightningdb.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BoundedLogTest {
  private final List<String> lines = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final BoundedLog log = new BoundedLog("slow requests", nanos::get);

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      log.add("slow", lines::add);
    }
  }

  @Test
  void asManyLinesAsAllowedAreWrittenAsTheyAre() {
    add(BoundedLog.LINES_PER_SECOND_MAX);
    assertThat(lines).hasSize(BoundedLog.LINES_PER_SECOND_MAX).containsOnly("slow");
  }

  @Test
  void whatIsLeftOutIsCountedInTheNextLine() {
    add(BoundedLog.LINES_PER_SECOND_MAX + 7);
    assertThat(lines).hasSize(BoundedLog.LINES_PER_SECOND_MAX);
    nanos.addAndGet(999_999_999);
    add(1);
    assertThat(lines).hasSize(BoundedLog.LINES_PER_SECOND_MAX);
    nanos.addAndGet(1);
    add(2);
    assertThat(lines.subList(BoundedLog.LINES_PER_SECOND_MAX, lines.size()))
        .containsExactly("slow (8 slow requests before it not logged)", "slow");
  }
}
