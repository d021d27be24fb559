package io.lightningdb.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a clock that moves only while something waits.
class PacedTargetTest {
  private static final long SECOND_NANOS = 1_000_000_000;

  @TempDir private Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private BackupTarget place;

  @BeforeEach
  void open() throws IOException {
    place = TargetAddress.parse(directory.toString()).open(S3Settings.of(Map.of()));
  }

  private BackupTarget paced(long bytesPerSecondMax) {
    return new PacedTarget(place, bytesPerSecondMax, nanos::get, nanos::addAndGet);
  }

  @Test
  void objectsTakeTheTimeThatTheRateGivesThem() throws IOException {
    BackupTarget target = paced(1_000_000);
    byte[] content = new byte[3_000_000];
    target.put("x", out -> out.write(content));
    assertThat(nanos.get()).isEqualTo(3 * SECOND_NANOS);
    // Time in which nothing is stored is not saved up.
    nanos.addAndGet(100 * SECOND_NANOS);
    target.put(
        "y",
        out -> {
          out.write(content, 0, 1_500_000);
          out.write(content, 1_500_000, 499_999);
          out.write(7);
          out.flush();
        });
    assertThat(nanos.get()).isEqualTo(105 * SECOND_NANOS);
    assertThat(target.list(""))
        .containsExactly(new StoredObject("x", 3_000_000), new StoredObject("y", 2_000_000));
    try (InputStream in = target.get("y")) {
      in.skipNBytes(1_999_999);
      assertThat(in.read()).isEqualTo(7);
    }
    target.deleteUnfinished("");
    target.delete("x");
    assertThatThrownBy(() -> target.get("x")).isInstanceOf(NoSuchFileException.class);
    assertThat(target).hasToString(place.toString());
  }

  @Test
  void withoutARateNothingWaits() throws IOException {
    paced(0).put("x", out -> out.write(new byte[1_000_000]));
    assertThat(nanos.get()).isZero();
  }

  @Test
  void whoGivesUpWhileItWaitsStoresNothing() throws IOException {
    BackupTarget target =
        new PacedTarget(
            place,
            1,
            nanos::get,
            _ -> {
              throw new InterruptedIOException("planted");
            });
    assertThatThrownBy(() -> target.put("x", out -> out.write(new byte[100])))
        .hasMessage("planted");
    assertThat(place.list("")).isEmpty();
  }
}
