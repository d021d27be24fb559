package io.lightningdb.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lock of a directory against this process and against others.
class DiskStorageLockTest {
  private static final String LOCK = "LOCK";
  private static final int TAKEN = 0;
  private static final int REFUSED = 3;

  @TempDir Path directory;

  /// Another process that tries to take the lock.
  static final class Rival {
    private Rival() {}

    public static void main(String[] args) throws Exception {
      try (AutoCloseable _ = new DiskStorage(Path.of(args[0])).lock(LOCK)) {
        System.exit(TAKEN);
      } catch (DirectoryLockedException e) {
        System.exit(e.holder() == Long.parseLong(args[1]) ? REFUSED : 1);
      }
    }
  }

  private int rival() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Rival.class.getName(),
                directory.toString(),
                Long.toString(ProcessHandle.current().pid()))
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the child ends").isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aRefusedSecondLockDoesNotReleaseTheFirst() throws Exception {
    DiskStorage storage = new DiskStorage(directory);
    try (AutoCloseable _ = storage.lock(LOCK)) {
      assertThat(rival()).isEqualTo(REFUSED);
      // By another path to the same directory, too.
      Path detour = directory.resolve("..").resolve(directory.getFileName());
      for (DiskStorage same : new DiskStorage[] {storage, new DiskStorage(detour)}) {
        assertThatThrownBy(() -> same.lock(LOCK))
            .isInstanceOfSatisfying(
                DirectoryLockedException.class,
                e -> assertThat(e.holder()).isEqualTo(ProcessHandle.current().pid()));
      }
      assertThat(rival()).isEqualTo(REFUSED);
    }
    assertThat(rival()).isEqualTo(TAKEN);
  }

  @Test
  void closingTwiceReleasesOnce() throws Exception {
    DiskStorage storage = new DiskStorage(directory);
    AutoCloseable first = storage.lock(LOCK);
    first.close();
    try (AutoCloseable _ = storage.lock(LOCK)) {
      first.close();
      assertThatThrownBy(() -> storage.lock(LOCK)).isInstanceOf(DirectoryLockedException.class);
      assertThat(rival()).isEqualTo(REFUSED);
    }
  }

  @Test
  void whatCannotBeLockedIsNotHeld() throws Exception {
    DiskStorage absent = new DiskStorage(directory.resolve("absent"));
    assertThatThrownBy(() -> absent.lock(LOCK)).isInstanceOf(IOException.class);
    DiskStorage.inDirectory(directory.resolve("absent"));
    try (AutoCloseable held = absent.lock(LOCK)) {
      assertThat(held).isNotNull();
    }
  }
}
