package io.lightningdb.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import io.lightningdb.engine.testkit.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What every place for backups holds to, whatever it is made of.
@ParameterizedClass
@EnumSource
class BackupTargetContractTest {
  private static final int PART = S3Settings.Limits.PART_BYTES_MIN;

  private final Kind kind;
  @TempDir private Path directory;
  private BackupTarget target;
  private String bucket = "";

  BackupTargetContractTest(Kind kind) {
    this.kind = kind;
  }

  /// Kinds of places.
  enum Kind {
    DIRECTORY,
    BUCKET,
    PREFIX,
    ODD_PREFIX
  }

  @BeforeEach
  void open() throws IOException {
    target = open("");
  }

  /// Opens the place of this test, or one beside it.
  private BackupTarget open(String suffix) throws IOException {
    S3Server server = kind == Kind.DIRECTORY ? null : S3Server.shared();
    String address =
        switch (kind) {
          case DIRECTORY -> directory.resolve("place" + suffix).toString();
          case BUCKET -> "s3://" + S3Server.shared().newBucket();
          case PREFIX -> "s3://" + bucket() + "/a/place" + suffix;
          case ODD_PREFIX -> "s3://" + bucket() + "/a+b c%2Fd=é&ü?#~/(x)'!" + suffix;
        };
    S3Settings settings = server == null ? S3Settings.of(java.util.Map.of()) : server.settings();
    return TargetAddress.parse(address).open(settings);
  }

  private String bucket() {
    if (bucket.isEmpty()) {
      bucket = S3Server.shared().newBucket();
    }
    return bucket;
  }

  private static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private void put(String name, byte[] bytes) throws IOException {
    target.put(name, out -> out.write(bytes));
  }

  private byte[] get(String name) throws IOException {
    try (InputStream in = target.get(name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void whatIsPutIsThereAsItWas() throws IOException {
    long seed = Seeds.one();
    Seeds.print(BackupTargetContractTest.class, seed, "contents");
    for (int length : new int[] {0, 1, 70_000, PART - 1, PART, PART + 1, 2 * PART + 12_345}) {
      byte[] content = bytes(seed + length, length);
      put("object-" + length, content);
      assertThat(get("object-" + length)).isEqualTo(content);
    }
    assertThat(target.list("object-"))
        .extracting(StoredObject::bytes)
        .containsExactlyInAnyOrder(
            0L, 1L, 70_000L, PART - 1L, (long) PART, PART + 1L, 2L * PART + 12_345);
  }

  @Test
  void bytesArriveInTheirOrderHoweverTheyAreWritten() throws IOException {
    byte[] content = bytes(7, PART + 300_000);
    target.put(
        "x",
        out -> {
          out.write(content[0]);
          for (int from = 1; from < content.length; from += 70_001) {
            out.write(content, from, Math.min(70_001, content.length - from));
            out.flush();
          }
        });
    assertThat(get("x")).isEqualTo(content);
    try (InputStream in = target.get("x")) {
      assertThat(in.read()).isEqualTo(content[0] & 0xFF);
      assertThat(in.readNBytes(1000)).isEqualTo(java.util.Arrays.copyOfRange(content, 1, 1001));
      assertThat(in.read(new byte[5], 2, 0)).isZero();
    }
  }

  @Test
  void anObjectIsReplacedAsAWhole() throws IOException {
    put("x", bytes(1, PART + 10));
    put("x", bytes(2, 100));
    assertThat(get("x")).isEqualTo(bytes(2, 100));
    put("x", bytes(3, PART + 10));
    assertThat(get("x")).isEqualTo(bytes(3, PART + 10));
    assertThat(target.list("")).containsExactly(new StoredObject("x", PART + 10));
  }

  @Test
  void whatFailsChangesNothing() throws IOException {
    put("old", bytes(1, 10));
    for (int length : new int[] {0, 10, 2 * PART + 10}) {
      for (String name : List.of("old", "new")) {
        assertThatThrownBy(() ->
                target.put(
                    name,
                    out -> {
                      out.write(bytes(2, length));
                      throw new IOException("planted");
                    }))
            .hasMessage("planted");
      }
    }
    assertThat(get("old")).isEqualTo(bytes(1, 10));
    assertThatThrownBy(() -> target.get("new")).isInstanceOf(NoSuchFileException.class);
    assertThat(target.list("")).containsExactly(new StoredObject("old", 10));
  }

  @Test
  void whatIsBeingWrittenIsNotSeen() throws IOException {
    target.put(
        "data-x",
        out -> {
          out.write(bytes(1, PART + 10));
          assertThat(target.list("data-")).isEmpty();
          assertThatThrownBy(() -> target.get("data-x")).isInstanceOf(NoSuchFileException.class);
        });
    assertThat(target.list("data-")).hasSize(1);
  }

  @Test
  void listsAreOfAPrefixInOrderAndComplete() throws Exception {
    // More than a store lists at a time.
    int count = kind == Kind.PREFIX ? 1010 : 20;
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Object>> puts =
          IntStream.range(0, count)
              .<Callable<Object>>mapToObj(i ->
                  () -> {
                    put("data-%05d".formatted(i), new byte[] {1});
                    return i;
                  })
              .toList();
      for (Future<Object> done : threads.invokeAll(puts)) {
        done.get();
      }
    }
    put("datum", new byte[3]);
    put("backup-1", new byte[2]);

    assertThat(target.list("data-"))
        .extracting(StoredObject::name)
        .containsExactlyElementsOf(
            IntStream.range(0, count).mapToObj("data-%05d"::formatted).toList());
    assertThat(target.list(""))
        .hasSize(count + 2)
        .first()
        .isEqualTo(new StoredObject("backup-1", 2));
    assertThat(target.list("dat")).hasSize(count + 1);
    assertThat(target.list("none")).isEmpty();
  }

  @Test
  void deletedIsGoneAndMayBeAbsent() throws IOException {
    put("a", new byte[1]);
    put("ab", new byte[1]);
    target.delete("a");
    target.delete("a");
    target.delete("never");
    assertThatThrownBy(() -> get("a")).isInstanceOf(NoSuchFileException.class);
    assertThat(target.list("")).extracting(StoredObject::name).containsExactly("ab");
  }

  @Test
  void placesBesideEachOtherAreStrangers() throws IOException {
    BackupTarget other = open("-2");
    put("x", new byte[1]);
    other.put("x", out -> out.write(new byte[2]));
    other.put("y", out -> out.write(new byte[2]));
    target.delete("y");
    target.deleteUnfinished("");
    assertThat(target.list("")).containsExactly(new StoredObject("x", 1));
    assertThat(other.list("")).containsExactly(new StoredObject("x", 2), new StoredObject("y", 2));
  }

  @Test
  void whatIsUnfinishedIsDeletedWithoutTouchingTheRest() throws IOException {
    put("data-1-x", new byte[1]);
    // Within a call of another, which has stored a part by then, and is told so when it goes on.
    assertThatThrownBy(() ->
            target.put(
                "data-1-y",
                out -> {
                  out.write(bytes(1, PART + 1));
                  target.deleteUnfinished("data-1-");
                  out.write(bytes(1, PART + 1));
                }))
        .isInstanceOf(IOException.class);
    assertThat(target.list("data-")).containsExactly(new StoredObject("data-1-x", 1));
    target.deleteUnfinished("data-1-");
    target.deleteUnfinished("none");
    target.put(
        "data-2-y",
        out -> {
          out.write(bytes(1, PART + 1));
          target.deleteUnfinished("data-1-");
          out.write(bytes(1, PART + 1));
        });
    assertThat(target.list("data-2-")).containsExactly(new StoredObject("data-2-y", 2L * PART + 2));
  }

  @Test
  void severalThreadsMayUseItAtATime() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<byte[]>> work =
          IntStream.range(0, 8)
              .<Callable<byte[]>>mapToObj(i ->
                  () -> {
                    put("object-" + i, bytes(i, PART / 2 + i));
                    return get("object-" + i);
                  })
              .toList();
      List<Future<byte[]>> done = threads.invokeAll(work);
      for (int i = 0; i < done.size(); i++) {
        assertThat(done.get(i).get()).isEqualTo(bytes(i, PART / 2 + i));
      }
    }
  }
}
