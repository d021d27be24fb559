package io.lightningdb.engine.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.testkit.SimulatedStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The real disk and the simulated one behave alike, so that what is proved on the one holds on the other.
@ParameterizedClass
@EnumSource
class StorageTest {
  enum Kind {
    DISK,
    SIMULATED
  }

  private final Kind kind;
  @TempDir private Path directory;

  StorageTest(Kind kind) {
    this.kind = kind;
  }

  private Storage storage() {
    return switch (kind) {
      case DISK -> new DiskStorage(directory);
      case SIMULATED -> new SimulatedStorage();
    };
  }

  @AfterEach
  void noInterruptIsLeftOver() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void filesGrowAsTheyAreWritten() throws IOException {
    Storage storage = storage();
    try (StorageFile file = storage.create("a")) {
      file.write(2, bytes("xcdx"), 1, 2);
      assertThat(read(storage, "a")).isEqualTo("\0\0cd");
      file.write(0, bytes("ab"), 0, 2);
      file.sync();
    }
    assertThat(read(storage, "a")).isEqualTo("abcd");
    assertThat(storage.list()).containsExactly(new Storage.FileEntry("a", 4));
  }

  @Test
  void storesAndWritesSeeEachOther() throws IOException {
    Storage storage = storage();
    write(storage, "a", "....");
    try (StorageFile file = storage.open("a")) {
      file.store(0, bytes("-A"), 1, 1);
      file.write(1, bytes("B"), 0, 1);
      file.store(2, bytes("C"), 0, 1);
      file.sync();
    }
    assertThat(read(storage, "a")).isEqualTo("ABC.");
  }

  @Test
  void syncsLoseNothingThatIsStoredBesideThem() throws Exception {
    Storage storage = storage();
    byte[] content = new byte[1 << 20];
    new Random(5).nextBytes(content);
    try (StorageFile file = storage.create("a");
        ExecutorService executor = Executors.newSingleThreadExecutor()) {
      file.write(0, new byte[content.length], 0, content.length);
      Future<?> storing = executor.submit(() -> storeAll(file, content));
      do {
        file.sync();
      } while (!storing.isDone());
      storing.get();
      file.sync();
    }
    try (Arena arena = Arena.ofConfined()) {
      assertThat(storage.map("a", arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
    }
  }

  /// In pieces that end anywhere in a page.
  private static Void storeAll(StorageFile file, byte[] content) throws IOException {
    int piece = 119;
    for (int at = 0; at < content.length; at += piece) {
      file.store(at, content, at, Math.min(piece, content.length - at));
    }
    return null;
  }

  @Test
  void aStoreCannotGrowTheFile() throws IOException {
    Storage storage = storage();
    write(storage, "a", "abc");
    try (StorageFile file = storage.open("a")) {
      assertThatThrownBy(() -> file.store(2, bytes("xy"), 0, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(read(storage, "a")).isEqualTo("abc");
  }

  @Test
  void namesAreListedInOrder() throws IOException {
    Storage storage = storage();
    for (String name : List.of("b", "a", "C", "a-1")) {
      write(storage, name, name);
    }
    assertThat(storage.list())
        .extracting(Storage.FileEntry::name)
        .containsExactly("C", "a", "a-1", "b");
  }

  @Test
  void aNameIsCreatedOnce() throws IOException {
    Storage storage = storage();
    write(storage, "a", "abc");
    assertThatThrownBy(() -> storage.create("a")).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(read(storage, "a")).isEqualTo("abc");
  }

  @Test
  void whatIsNotThereCannotBeUsed() {
    Storage storage = storage();
    assertThatThrownBy(() -> storage.open("a")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> storage.delete("a")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> storage.rename("a", "b")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> storage.map("a", Arena.global()))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aRenameReplacesTheOtherFile() throws IOException {
    Storage storage = storage();
    write(storage, "a", "new");
    write(storage, "b", "old");
    storage.rename("a", "b");
    storage.syncDirectory();
    assertThat(read(storage, "b")).isEqualTo("new");
    assertThat(storage.list()).hasSize(1);
  }

  @Test
  void anOpenFileFollowsItsContentAndNotItsName() throws IOException {
    Storage storage = storage();
    write(storage, "a", "aaa");
    try (StorageFile file = storage.open("a")) {
      storage.rename("a", "b");
      file.write(0, bytes("x"), 0, 1);
      assertThat(read(storage, "b")).isEqualTo("xaa");
      storage.delete("b");
      file.write(0, bytes("y"), 0, 1);
      file.sync();
    }
    assertThat(storage.list()).isEmpty();
  }

  @Test
  void aMappingOutlivesTheName() throws IOException {
    Storage storage = storage();
    write(storage, "a", "abc");
    write(storage, "empty", "");
    try (Arena arena = Arena.ofShared()) {
      var mapping = storage.map("a", arena);
      storage.delete("a");
      assertThat(mapping.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("abc"));
      assertThatThrownBy(() -> mapping.set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(storage.map("empty", arena).byteSize()).isZero();
    }
  }

  @Test
  void aMappingEndsWithItsArena() throws IOException {
    Storage storage = storage();
    write(storage, "a", "abc");
    MemorySegment mapping;
    try (Arena arena = Arena.ofShared()) {
      mapping = storage.map("a", arena);
    }
    assertThatThrownBy(() -> mapping.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aClosedFileRefusesWork() throws IOException {
    Storage storage = storage();
    write(storage, "a", "abc");
    StorageFile file = storage.open("a");
    file.close();
    file.close();
    assertThatThrownBy(() -> file.write(0, bytes("x"), 0, 1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.store(0, bytes("x"), 0, 1))
        .isInstanceOfAny(IOException.class, IllegalStateException.class);
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    assertThat(read(storage, "a")).isEqualTo("abc");
  }

  @Test
  void theLockIsExclusiveAndNamesItsHolder() throws Exception {
    Storage storage = storage();
    long pid = ProcessHandle.current().pid();
    try (AutoCloseable lock = storage.lock("LOCK")) {
      assertThatThrownBy(() -> storage.lock("LOCK"))
          .isInstanceOfSatisfying(
              DirectoryLockedException.class,
              refusal -> assertThat(refusal.holder()).isEqualTo(pid));
      assertThat(lock).isNotNull();
    }
    storage.lock("LOCK").close();
    assertThat(read(storage, "LOCK")).isEqualTo(Long.toString(pid));
  }

  @Test
  void anInterruptedThreadCompletesEveryCall() throws Exception {
    Storage storage = storage();
    Thread.currentThread().interrupt();
    storage.lock("LOCK").close();
    try (StorageFile file = storage.create("a");
        Arena arena = Arena.ofConfined()) {
      file.write(0, bytes("abc"), 0, 3);
      file.store(1, bytes("B"), 0, 1);
      file.sync();
      storage.syncDirectory();
      storage.rename("a", "b");
      assertThat(storage.map("b", arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("aBc"));
      storage.open("b").close();
      assertThat(storage.list()).hasSize(2);
      storage.delete("b");
      file.sync();
    }
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
  }

  private static void write(Storage storage, String name, String content) throws IOException {
    try (StorageFile file = storage.create(name)) {
      file.write(0, bytes(content), 0, content.length());
    }
  }

  private static String read(Storage storage, String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return new String(storage.map(name, arena).toArray(ValueLayout.JAVA_BYTE), US_ASCII);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
