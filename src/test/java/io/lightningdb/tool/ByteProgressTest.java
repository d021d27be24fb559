package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// When the progress bar is shown.
class ByteProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream terminal = new PrintStream(shown, true, StandardCharsets.UTF_8);
  private final AtomicLong nanoTime = new AtomicLong();

  @Test
  void shortWorkShowsNothing() {
    try (ByteProgress progress = new ByteProgress("verify", terminal, nanoTime::get)) {
      progress.checked(1, 2);
      nanoTime.set(999_999_999);
      progress.checked(2, 2);
    }
    assertThat(shown.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void longWorkShowsHowFarItIs() {
    try (ByteProgress progress = new ByteProgress("verify", terminal, nanoTime::get)) {
      nanoTime.set(1_000_000_000);
      progress.checked(3 << 20, 4 << 20);
    }
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("verify")
        .contains("75%")
        .contains("3/4 MiB");
  }

  @Test
  void nothingIsShownWhereNobodyLooks() {
    try (ByteProgress progress = new ByteProgress("verify", null, nanoTime::get)) {
      nanoTime.set(Long.MAX_VALUE);
      progress.checked(1, 2);
    }
    assertThat(shown.size()).isZero();
  }
}
