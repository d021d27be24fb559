package io.lightningdb.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.target.S3Server;
import io.lightningdb.target.TargetAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups and archive of a database in use, in a bucket, and the tools that read them there.
class RestoreFromBucketTest {
  private static final S3Server SERVER = S3Server.shared();
  private static final int KEYS = 3000;
  private static final int VALUE_BYTES = 700;
  private static final int WRITE_MINUTES_MAX = 2;

  @TempDir private Path parent;
  private final String place = "s3://" + SERVER.newBucket() + "/shop";

  // How many commits the writer may still make.
  private final Semaphore allowed = new Semaphore(0);

  // Written by the writer alone, and read when it is done. The version of a commit is its index and
  // one.
  private final List<Integer> keyOf = new ArrayList<>();

  @BeforeEach
  void identify() {
    System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY_ID);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET_ACCESS_KEY);
  }

  @AfterEach
  void forget() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private static Ran tool(String command, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(command.split(" ")));
    all.addAll(List.of("--s3-endpoint", SERVER.endpoint(), "--s3-path-style"));
    all.addAll(List.of(arguments));
    return Ran.command(all.toArray());
  }

  private static byte[] bytes(long number, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(number).nextBytes(bytes);
    return ByteBuffer.wrap(bytes).putLong(0, number).array();
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /// The value says which commit wrote it.
  private void write(Keyspace keyspace, SplittableRandom random, AtomicBoolean done) {
    while (!done.get()) {
      allowed.acquireUninterruptibly();
      int key = random.nextInt(KEYS);
      long version = keyOf.size() + 1L;
      assertThat(keyspace.put(key(key), bytes(version, VALUE_BYTES), Durability.LOGGED))
          .isEqualTo(version);
      keyOf.add(key);
    }
  }

  private Map<ByteBuffer, Long> modelAt(long version) {
    Map<ByteBuffer, Long> state = new HashMap<>();
    for (int i = 0; i < version; i++) {
      state.put(ByteBuffer.wrap(key(keyOf.get(i))), i + 1L);
    }
    return state;
  }

  private void assertRestored(Path directory, long version) {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      assertThat(database.visibleVersion()).isEqualTo(version);
      Map<ByteBuffer, Long> found = new HashMap<>();
      try (Scan scan = database.keyspace("default").scan(Range.all())) {
        while (scan.next()) {
          assertThat(scan.value()).isEqualTo(bytes(scan.version(), VALUE_BYTES));
          found.put(ByteBuffer.wrap(scan.key()), scan.version());
        }
      }
      assertThat(found).isEqualTo(modelAt(version));
    }
    assertThat(Ran.command("verify", directory).exitCode()).isZero();
  }

  @Test
  void backupsAndArchiveUnderWriteLoadRestoreToOneVersion() throws Exception {
    long seed = Seeds.one();
    Seeds.print(RestoreFromBucketTest.class, seed, "writes");
    BackupTarget target = TargetAddress.parse(place).open(SERVER.settings());
    DatabaseOptions options = DatabaseOptions.defaults().withArchivedLogBytesMax(1 << 30);
    AtomicBoolean done = new AtomicBoolean();
    BackupEntry full;
    BackupEntry increment;
    long archived;
    try (Database database = Database.open(parent.resolve("data"), options)) {
      Keyspace keyspace = database.keyspace("default");
      LogArchiver archiver = database.archiveTo(target);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> write(keyspace, new SplittableRandom(seed), done));
      try {
        allowed.release(5000);
        awaitVersion(database, 5000);
        keyspace.flush();
        allowed.release(30_000);
        full = database.backup(target, BackupRequest.full());
        archiver.run();
        awaitVersion(database, 35_000);
        keyspace.flush();
        allowed.release(30_000);
        increment = database.backup(target, BackupRequest.incremental(full.id()));
        awaitVersion(database, 65_000);
        archiver.run();
        archived = archiver.lastVersion();
      } finally {
        done.set(true);
        allowed.release();
        writer.get(WRITE_MINUTES_MAX, TimeUnit.MINUTES);
      }
    }
    assertThat(increment.version()).isGreaterThan(full.version());
    assertThat(archived).isGreaterThan(increment.version());

    assertThat(tool("backups list", place).lines())
        .hasSize(2)
        .last()
        .asString()
        .contains(increment.id())
        .contains("after " + full.id());
    assertThat(tool("backups verify", place).exitCode()).isZero();
    assertThat(tool("restore", "--backup", full.id(), place, parent.resolve("full")).exitCode())
        .isZero();
    assertRestored(parent.resolve("full"), full.version());
    assertThat(tool("restore", "--backup", increment.id(), place, parent.resolve("inc")).exitCode())
        .isZero();
    assertRestored(parent.resolve("inc"), increment.version());
    long between = (increment.version() + archived) / 2;
    Ran ran = tool("restore", "--to-version", between, place, parent.resolve("between"));
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertRestored(parent.resolve("between"), between);
  }

  private static void awaitVersion(Database database, long version) {
    org.awaitility.Awaitility.await()
        .atMost(WRITE_MINUTES_MAX, TimeUnit.MINUTES)
        .until(() -> database.visibleVersion() >= version);
  }

  @Test
  void aCancelledBackupLeavesNothingHalfAndGoesOn() throws IOException {
    BackupTarget target = TargetAddress.parse(place).open(SERVER.settings());
    AtomicLong copied = new AtomicLong();
    try (Database database = Database.open(parent.resolve("data"), DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("default");
      for (int i = 0; i < 16; i++) {
        keyspace.put(key(i), bytes(i + 1, 1 << 20), Durability.LOGGED);
      }
      keyspace.flush();
      // In the middle of an object that is sent in parts.
      BackupRequest cancelled =
          BackupRequest.full()
              .watchedBy(() -> copied.get() > (7 << 20), (bytes, _) -> copied.set(bytes));
      EngineException.BackupFailed failed =
          org.assertj.core.api.Assertions.catchThrowableOfType(
              EngineException.BackupFailed.class, () -> database.backup(target, cancelled));
      assertThat(Objects.requireNonNull(failed).kind()).isEqualTo(BackupException.Kind.CANCELLED);
      assertThat(tool("backups list", place).lines()).isEmpty();
      BackupEntry entry = database.backup(target, BackupRequest.full().resuming(failed.id()));
      assertThat(entry.id()).isEqualTo(failed.id());
      assertThat(tool("backups verify", place).lines())
          .singleElement()
          .asString()
          .endsWith("bytes verified");
    }
    assertThat(tool("restore", place, parent.resolve("restored")).exitCode()).isZero();
    try (Database restored =
        Database.open(parent.resolve("restored"), DatabaseOptions.defaults())) {
      assertThat(restored.keyspace("default").get(key(15))).isEqualTo(bytes(16, 1 << 20));
    }
  }

  @Test
  void whatIsWrongWithThePlaceIsTold() {
    Ran missing = tool("backups list", "s3://no-such-bucket/x");
    assertThat(missing.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(missing.err()).contains("s3://no-such-bucket/x").contains("NoSuchBucket");
    Ran empty = tool("restore", place, parent.resolve("restored"));
    assertThat(empty.exitCode()).isEqualTo(ExitCode.NOT_A_DATABASE);
    assertThat(empty.err()).contains("there is no backup in " + place);
    System.setProperty("aws.secretAccessKey", "planted-wrong");
    Ran closed = tool("backups list", place);
    assertThat(closed.exitCode()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(closed.err()).contains("SignatureDoesNotMatch").doesNotContain("planted");
    assertThat(tool("backups list", "gs://bucket").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(Ran.command("backups", "list", "--s3-endpoint", "store", place).exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(Ran.command("backups", "list", "--s3-endpoint=http://127.0.0.1:1", place).exitCode())
        .isEqualTo(ExitCode.UNREADABLE);
  }
}
