package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lightningdb.engine.testkit.DatabaseExtension;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every limit, at the limit and one past it. What is refused changes nothing.
class LimitsTest {
  private static final int MIB = 1 << 20;
  private static final int KEY_BYTES_MAX = 4096;
  private static final int VALUE_BYTES_MAX = 16 * MIB;
  private static final int BATCH_BYTES_MAX = 64 * MIB;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  @Test
  void keysHaveOneTo4096Bytes() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = database.keyspace("default");
    for (int length : new int[] {1, KEY_BYTES_MAX}) {
      keyspace.put(filled(length), filled(1));
      assertThat(keyspace.get(filled(length))).isEqualTo(filled(1));
    }
    long version = database.visibleVersion();
    byte[] tooLong = filled(KEY_BYTES_MAX + 1);
    byte[] nothing = new byte[0];
    assertRefused("key-bytes-max", 4096, 4097, () -> keyspace.put(tooLong, nothing));
    assertRefused("key-bytes-max", 4096, 4097, () -> keyspace.delete(tooLong));
    assertRefused("key-bytes-min", 1, 0, () -> keyspace.put(nothing, nothing));
    assertRefused("key-bytes-min", 1, 0, () -> keyspace.delete(nothing));
    WriteBatch batch = new WriteBatch();
    assertRefused("key-bytes-max", 4096, 4097, () -> batch.put(keyspace, tooLong, nothing));
    assertRefused("key-bytes-max", 4096, 4097, () -> batch.requireVersion(keyspace, tooLong, 0));
    assertRefused("key-bytes-max", 4096, 4097, () -> batch.requirePresent(keyspace, tooLong));
    assertRefused("key-bytes-max", 4096, 4097, () -> batch.observe(keyspace, tooLong));
    assertRefused("key-bytes-min", 1, 0, () -> batch.put(keyspace, nothing, nothing));
    assertThat(batch.size()).isZero();
    assertThat(database.visibleVersion()).isEqualTo(version);
    assertThat(count(keyspace)).isEqualTo(2);
  }

  @Test
  void boundsOfRangeDeletionsHaveUpTo4096Bytes() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = database.keyspace("default");
    keyspace.put(filled(1), filled(1));
    keyspace.put(new byte[] {9}, filled(1));
    byte[] longest = filled(KEY_BYTES_MAX);
    database.write(new WriteBatch().deleteRange(keyspace, Range.between(new byte[0], longest)));
    assertThat(count(keyspace)).isEqualTo(1);
    database.write(new WriteBatch().deleteRange(keyspace, Range.between(longest, null)));
    assertThat(count(keyspace)).isZero();
    byte[] tooLong = filled(KEY_BYTES_MAX + 1);
    WriteBatch batch = new WriteBatch();
    assertRefused(
        "key-bytes-max", 4096, 4097, () -> batch.deleteRange(keyspace, Range.from(tooLong)));
    assertRefused(
        "key-bytes-max",
        4096,
        4097,
        () -> batch.deleteRange(keyspace, Range.between(filled(1), tooLong)));
    assertThat(batch.size()).isZero();
  }

  @Test
  void valuesHaveUpTo16MebibytesInMemoryAndOnDisk() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = database.keyspace("default");
    byte[] largest = noise(VALUE_BYTES_MAX);
    keyspace.put(filled(1), largest);
    assertThat(Arrays.equals(keyspace.get(filled(1)), largest)).isTrue();
    assertRefused(
        "value-bytes-max",
        VALUE_BYTES_MAX,
        VALUE_BYTES_MAX + 1,
        () -> keyspace.put(filled(1), new byte[VALUE_BYTES_MAX + 1]));
    keyspace.flush();
    Keyspace reopened = databases.open(DatabaseOptions.defaults()).keyspace("default");
    assertThat(Arrays.equals(reopened.get(filled(1)), largest)).isTrue();
  }

  @Test
  void batchesHaveUpTo64Mebibytes() {
    Database database = databases.open(DatabaseOptions.defaults());
    Keyspace keyspace = database.keyspace("default");
    WriteBatch batch = new WriteBatch();
    byte[] value = new byte[VALUE_BYTES_MAX];
    for (byte key = 1; key <= 3; key++) {
      batch.put(keyspace, new byte[] {key}, value);
    }
    var refusal =
        catchThrowableOfType(
            EngineException.LimitExceeded.class, () -> batch.put(keyspace, new byte[] {4}, value));
    assertThat(refusal.name()).isEqualTo("batch-bytes-max");
    assertThat(refusal.limit()).isEqualTo(BATCH_BYTES_MAX);
    int fits = (int) (value.length - (refusal.actual() - refusal.limit()));
    assertRefused(
        "batch-bytes-max",
        BATCH_BYTES_MAX,
        BATCH_BYTES_MAX + 1,
        () -> batch.put(keyspace, new byte[] {4}, new byte[fits + 1]));
    assertThat(batch.size()).isEqualTo(3);
    batch.put(keyspace, new byte[] {4}, new byte[fits]);
    assertThat(batch.bytes()).isEqualTo(BATCH_BYTES_MAX);
    long version = database.write(batch);
    assertThat(count(keyspace)).isEqualTo(4);
    database = databases.open(DatabaseOptions.defaults());
    assertThat(database.visibleVersion()).isEqualTo(version);
    assertThat(count(database.keyspace("default"))).isEqualTo(4);
  }

  @Test
  void loweredLimitsHoldAndARefusedBatchChangesNothing() {
    DatabaseOptions options =
        DatabaseOptions.defaults().withValueBytesMax(1000).withBatchBytesMax(2048);
    Database database = databases.open(options);
    Keyspace keyspace = database.keyspace("default");
    keyspace.put(filled(1), new byte[1000]);
    assertRefused("value-bytes-max", 1000, 1001, () -> keyspace.put(filled(1), new byte[1001]));
    WriteBatch tooLargeValue =
        new WriteBatch()
            .put(keyspace, filled(2), filled(1))
            .put(keyspace, filled(3), new byte[1001]);
    assertRefused("value-bytes-max", 1000, 1001, () -> database.write(tooLargeValue));
    WriteBatch tooLarge = new WriteBatch();
    for (byte key = 10; tooLarge.bytes() <= 2048; key++) {
      tooLarge.put(keyspace, new byte[] {key}, new byte[500]);
    }
    assertRefused("batch-bytes-max", 2048, tooLarge.bytes(), () -> database.write(tooLarge));
    assertThat(database.visibleVersion()).isEqualTo(1);
    assertThat(count(keyspace)).isEqualTo(1);
  }

  @Test
  void aDatabaseHasNoMoreKeyspacesThanItMay() {
    Database database = databases.open(DatabaseOptions.defaults().withKeyspacesMax(3));
    database.keyspace("one", KeyspaceOptions.defaults());
    database.keyspace("two", KeyspaceOptions.defaults());
    assertRefused(
        "keyspaces-max", 3, 4, () -> database.keyspace("three", KeyspaceOptions.defaults()));
    assertThat(database.findKeyspace("three")).isEmpty();
    assertThat(database.dropKeyspace("one")).isTrue();
    database.keyspace("three", KeyspaceOptions.defaults());
    assertThat(database.keyspaces())
        .extracting(Keyspace::name)
        .containsExactly("default", "three", "two");
  }

  @Test
  void keyspaceNamesAreShortAndPlain() {
    Database database = databases.open(DatabaseOptions.defaults());
    String longest = "a".repeat(64);
    assertThat(database.keyspace(longest, KeyspaceOptions.defaults()).name()).isEqualTo(longest);
    for (String name :
        new String[] {"", "a".repeat(65), "A", "1a", "_a", "a b", "a/b", "ä", "a."}) {
      assertThatIllegalArgumentException()
          .as(name)
          .isThrownBy(() -> database.configureKeyspace(name, KeyspaceOptions.defaults()));
    }
    assertThat(database.keyspaces()).hasSize(2);
  }

  @Test
  void optionsOutOfRangeAreRefusedByName() {
    DatabaseOptions options = DatabaseOptions.defaults();
    options.withValueBytesMax(1).withBatchBytesMax(1024).withMemtables(64 << 10, 1);
    options.withLog(64 << 10, Duration.ofMillis(1)).withRunBytesTarget(4 << 10);
    assertIllegal("valueBytesMax=0", () -> options.withValueBytesMax(0));
    assertIllegal("batchBytesMax=1023", () -> options.withBatchBytesMax(1023));
    assertIllegal("batchBytesMax", () -> options.withBatchBytesMax(BATCH_BYTES_MAX + 1));
    assertIllegal("keyspacesMax=0", () -> options.withKeyspacesMax(0));
    assertIllegal("logSegmentBytes=65535", () -> options.withLog(65535, Duration.ofMillis(1)));
    assertIllegal("logSyncInterval", () -> options.withLog(65536, Duration.ZERO));
    assertIllegal("memtableBytesMax=65535", () -> options.withMemtables(65535, 1));
    assertIllegal("memtablesFrozenMax=0", () -> options.withMemtables(65536, 0));
    assertIllegal("runBytesTarget=4095", () -> options.withRunBytesTarget(4095));
    assertIllegal("writeWaitMax", () -> options.withWriteWaitMax(Duration.ofSeconds(61)));
    KeyspaceOptions keyspace = KeyspaceOptions.defaults();
    keyspace.withLeafBytes(512).withLeafBytes(MIB);
    assertIllegal("leafBytes=511", () -> keyspace.withLeafBytes(511));
    assertIllegal("leafBytes", () -> keyspace.withLeafBytes(MIB + 1));
  }

  private static void assertIllegal(String name, ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(name);
  }

  private static void assertRefused(String name, long limit, long actual, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EngineException.LimitExceeded.class,
            refusal -> {
              assertThat(refusal.name()).isEqualTo(name);
              assertThat(refusal.limit()).isEqualTo(limit);
              assertThat(refusal.actual()).isEqualTo(actual);
            });
  }

  private static int count(Keyspace keyspace) {
    int count = 0;
    try (Scan scan = keyspace.scan(Range.all())) {
      while (scan.next()) {
        count++;
      }
    }
    return count;
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(1).nextBytes(bytes);
    return bytes;
  }
}
