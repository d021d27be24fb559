package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.io.DirectoryLockedException;
import io.lightningdb.engine.io.StorageFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SimulatedStorageTest {
  private static final long CRASHES = 400;

  private final SimulatedStorage disk = new SimulatedStorage();

  @Test
  void whatWasSyncedIsThereAfterEveryCrash() throws IOException {
    write("a", 0, "synced");
    disk.open("a").sync();
    disk.syncDirectory();
    write("a", 2, "XX");
    assertThat(afterCrashes(left -> text(left, "a").substring(4))).containsExactly("ed");
  }

  @Test
  void whatWasNotSyncedMayBeThereOrNot() throws IOException {
    durable("a", "old");
    write("a", 0, "new");
    assertThat(afterCrashes(left -> text(left, "a"))).contains("old", "new");
  }

  @Test
  void sectorsAreKeptDroppedAndTornEachForItself() throws IOException {
    durable("a", "o".repeat(3 * 512));
    write("a", 0, "n".repeat(3 * 512));
    Set<String> shapes = afterCrashes(left -> shape(text(left, "a")));
    assertThat(shapes).contains("ooo", "nnn", "non", "ono", "too", "nnt");
  }

  /// Names each sector as wholly old, wholly new, or torn: new first.
  private static String shape(String content) {
    StringBuilder shape = new StringBuilder();
    for (int at = 0; at < content.length(); at += 512) {
      String sector = content.substring(at, at + 512);
      assertThat(sector).matches("n*o*");
      shape.append(sector.startsWith("o") ? "o" : sector.endsWith("n") ? "n" : "t");
    }
    return shape.toString();
  }

  @Test
  void aSectorMayBeAtAnyStateBetweenTheWritesToIt() throws IOException {
    durable("a", "____");
    write("a", 0, "A");
    write("a", 1, "B");
    write("a", 0, "C");
    assertThat(afterCrashes(left -> text(left, "a")))
        .contains("____", "A___", "AB__", "CB__")
        .doesNotContain("_B__");
  }

  @Test
  void aFileThatGrewMayBeShortOrZero() throws IOException {
    durable("a", "");
    write("a", 0, "n".repeat(2 * 512));
    Set<Integer> lengths = afterCrashes(left -> text(left, "a").length());
    assertThat(lengths).contains(0, 1024).hasSizeGreaterThan(10);
    assertThat(afterCrashes(left -> text(left, "a"))).contains("\0".repeat(1024));
  }

  @Test
  void aStoreIsLostLikeAWrite() throws IOException {
    durable("a", "old");
    try (StorageFile file = disk.open("a")) {
      file.store(0, bytes("new"), 0, 3);
      assertThat(afterCrashes(left -> text(left, "a"))).contains("old", "new");
      file.sync();
    }
    assertThat(afterCrashes(left -> text(left, "a"))).containsExactly("new");
  }

  @Test
  void aNewNameMayBeMissingUntilTheDirectoryIsSynced() throws IOException {
    write("a", 0, "x");
    disk.open("a").sync();
    assertThat(afterCrashes(Map::keySet)).contains(Set.of(), Set.of("a"));
    disk.syncDirectory();
    assertThat(afterCrashes(Map::keySet)).containsExactly(Set.of("a"));
  }

  @Test
  void aDeletedNameMayComeBackUntilTheDirectoryIsSynced() throws IOException {
    durable("a", "x");
    disk.delete("a");
    assertThat(afterCrashes(Map::keySet)).contains(Set.of(), Set.of("a"));
    disk.syncDirectory();
    assertThat(afterCrashes(Map::keySet)).containsExactly(Set.of());
  }

  @Test
  void aRenameLeavesTheOldNameOrTheNewOneAndNeverBothOrNone() throws IOException {
    durable("a", "1");
    durable("b", "2");
    disk.rename("a", "b");
    assertThat(afterCrashes(left -> text(left, "a") + "," + text(left, "b")))
        .containsExactlyInAnyOrder("1,2", "-,1");
    disk.syncDirectory();
    assertThat(afterCrashes(left -> text(left, "a") + "," + text(left, "b")))
        .containsExactly("-,1");
  }

  @Test
  void changesOfDifferentNamesAreKeptInAnyCombination() throws IOException {
    disk.create("a").close();
    disk.create("b").close();
    assertThat(afterCrashes(Map::keySet))
        .containsExactlyInAnyOrder(Set.of(), Set.of("a"), Set.of("b"), Set.of("a", "b"));
  }

  @Test
  void contentWrittenBeforeARenameIsNotSyncedByIt() throws IOException {
    write("new", 0, "x");
    disk.rename("new", "a");
    disk.syncDirectory();
    assertThat(afterCrashes(left -> text(left, "a"))).contains("", "\0", "x");
  }

  @Test
  void theDeathOfAProcessLosesNothingButMakesNothingDurable() throws IOException {
    durable("a", "old");
    write("a", 0, "new");
    write("b", 0, "b");
    SimulatedStorage killed = disk.kill();
    assertThat(text(killed.contents(), "a")).isEqualTo("new");
    assertThat(text(killed.contents(), "b")).isEqualTo("b");
    assertThat(afterCrashes(killed, left -> text(left, "a"))).contains("old", "new");
    assertThat(afterCrashes(killed, Map::keySet)).contains(Set.of("a"), Set.of("a", "b"));
  }

  @Test
  void aCrashIsRepeatableAndChangesNothingOfTheOriginal() throws IOException {
    durable("a", "o".repeat(5000));
    write("a", 0, "n".repeat(5000));
    for (long seed = 0; seed < 20; seed++) {
      assertThat(text(disk.crash(seed).contents(), "a"))
          .isEqualTo(text(disk.crash(seed).contents(), "a"));
    }
    assertThat(text(disk.contents(), "a")).isEqualTo("n".repeat(5000));
  }

  @Test
  void fromTheCrashOnNothingWorks() throws IOException {
    durable("a", "old");
    StorageFile file = disk.open("a");
    disk.crashAt(disk.operations() + 1);
    assertThatThrownBy(() -> file.write(0, bytes("new"), 0, 3)).isInstanceOf(PowerFailure.class);
    assertThatThrownBy(disk::list).isInstanceOf(PowerFailure.class);
    assertThat(disk.isDead()).isTrue();
    assertThat(afterCrashes(left -> text(left, "a"))).containsExactly("old");
  }

  @Test
  void aFaultMeetsTheOperationAskedForAndThenNoOther() throws IOException {
    disk.failAt(2, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
    disk.create("a").close();
    assertThatThrownBy(() -> disk.create("b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Input/output error")
        .hasMessageContaining("create b");
    disk.create("b").close();
    assertThat(disk.faultsInjected()).isEqualTo(1);
  }

  @Test
  void aLastingFaultLastsUntilItIsMended() throws IOException {
    disk.failAt(1, new Fault(Fault.Kind.EIO, Fault.Span.FROM_THEN_ON));
    assertThatThrownBy(disk::list).isInstanceOf(IOException.class);
    assertThatThrownBy(disk::syncDirectory).isInstanceOf(IOException.class);
    disk.mend();
    assertThat(disk.list()).isEmpty();
  }

  @Test
  void aFullDiskRefusesWhatNeedsSpaceAndNothingElse() throws IOException {
    durable("a", "old");
    disk.failAt(1, new Fault(Fault.Kind.ENOSPC, Fault.Span.FROM_THEN_ON));
    write("a", 0, "new");
    assertThatThrownBy(() -> write("a", 1, "new")).hasMessageContaining("No space left on device");
    assertThatThrownBy(() -> disk.create("b")).hasMessageContaining("No space left on device");
    disk.open("a").sync();
    assertThat(afterCrashes(left -> text(left, "a"))).containsExactly("new");
    disk.delete("a");
  }

  @Test
  void aShortWriteLeavesItsFirstHalf() throws IOException {
    durable("a", "____");
    disk.failAt(1, new Fault(Fault.Kind.SHORT_WRITE, Fault.Span.ONCE));
    assertThatThrownBy(() -> write("a", 0, "NEW!")).isInstanceOf(IOException.class);
    assertThat(text(disk.contents(), "a")).isEqualTo("NE__");
  }

  @Test
  void afterAFailedSyncALaterOneSucceedsWithoutTheLostBytes() throws IOException {
    Set<String> left = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      String name = "a" + i;
      durable(name, "old");
      write(name, 0, "new");
      try (StorageFile file = disk.open(name)) {
        disk.failAt(1, new Fault(Fault.Kind.EIO, Fault.Span.ONCE));
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
        file.sync();
      }
      assertThat(text(disk.contents(), name)).isEqualTo("new");
      left.addAll(afterCrashes(crashed -> text(crashed, name)));
    }
    assertThat(left).contains("old", "new");
  }

  @Test
  void theLockIsExclusiveAndEndsWithTheProcess() throws Exception {
    AutoCloseable lock = disk.lock("LOCK");
    assertThatThrownBy(() -> disk.lock("LOCK")).isInstanceOf(DirectoryLockedException.class);
    disk.kill().lock("LOCK").close();
    disk.crash(1).lock("LOCK").close();
    lock.close();
    lock.close();
    disk.lock("LOCK").close();
  }

  private void durable(String name, String content) throws IOException {
    write(name, 0, content);
    disk.open(name).sync();
    disk.syncDirectory();
  }

  private void write(String name, int position, String content) throws IOException {
    boolean there = disk.contents().containsKey(name);
    try (StorageFile file = there ? disk.open(name) : disk.create(name)) {
      byte[] padded = bytes("#" + content);
      file.write(position, padded, 1, content.length());
    }
  }

  private <T> Set<T> afterCrashes(Function<Map<String, byte[]>, T> observation) {
    return afterCrashes(disk, observation);
  }

  /// What can be seen after many different crashes.
  private static <T> Set<T> afterCrashes(
      SimulatedStorage storage, Function<Map<String, byte[]>, T> observation) {
    Set<T> seen = new HashSet<>();
    LongStream.range(0, CRASHES)
        .forEach(
            seed -> seen.add(observation.apply(new TreeMap<>(storage.crash(seed).contents()))));
    return seen;
  }

  private static String text(Map<String, byte[]> contents, String name) {
    byte[] content = contents.get(name);
    return content == null ? "-" : new String(Arrays.copyOf(content, content.length), US_ASCII);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
