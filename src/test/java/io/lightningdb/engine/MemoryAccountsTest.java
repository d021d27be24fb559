package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.LiveHeap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every part charges the budget for what it holds, and gives it back.
class MemoryAccountsTest {
  private static final int ENTRIES = 3000;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[100];
    random.nextBytes(value);
    // Shrinks, so that leaves are compressed and a cursor has copies of its own.
    System.arraycopy(value, 0, value, 50, 50);
    return value;
  }

  /// Makes a keyspace with rows that all span all keys.
  private static Keyspace filled(Database database, int rows, int leafBytes) {
    Keyspace keyspace =
        database.keyspace(
            "rows",
            KeyspaceOptions.defaults().withLayout(Layout.WRITE_OPTIMIZED).withLeafBytes(leafBytes));
    Random random = new Random(1);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < ENTRIES; i++) {
        database.write(
            new WriteBatch().put(keyspace, key(i * rows + row), value(random)), Durability.LOGGED);
      }
      keyspace.flush();
    }
    return keyspace;
  }

  @Test
  void openRunsAndTheLogAreCharged() {
    Database database = databases.open(DatabaseOptions.defaults());
    long before = database.stats().memory().runBytes();
    Keyspace keyspace = filled(database, 3, 512);
    keyspace.get(key(1));
    MemoryStats memory = database.stats().memory();
    long leaves = 3 * ENTRIES * 100 / 512;
    assertThat(memory.logBytes()).isBetween(64L << 10, 1L << 20);
    assertThat(memory.runBytes() - before).as("a byte a block").isGreaterThan(leaves);
    keyspace.compact();
    keyspace.get(key(1));
    assertThat(database.stats().memory().runBytes())
        .as("one run in place of three")
        .isLessThan(memory.runBytes());

    database.dropKeyspace("rows");

    assertThat(database.stats().memory().runBytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"1, 4096", "6, 4096", "6, 16384", "6, 512"})
  void scansHoldNoMoreThanTheyAreChargedFor(int rows, int leafBytes) {
    Database database =
        databases.open(
            DatabaseOptions.defaults().withMemory(MemoryLimits.defaults().withCacheBytesMax(0)));
    Keyspace keyspace = filled(database, rows, leafBytes);
    assertThat(keyspace.stats().levels().stream().mapToInt(KeyspaceStats.Level::sortedRuns).sum())
        .isEqualTo(rows);
    walk(keyspace, 2000).close();
    List<Scan> scans = new ArrayList<>();
    long heapBefore = LiveHeap.bytes();
    for (int i = 0; i < 300; i++) {
      scans.add(walk(keyspace, 10 * i));
    }

    long held = LiveHeap.bytes() - heapBefore;

    long charged = database.stats().memory().scanBytes();
    System.out.println("MemoryAccountsTest: 300 scans hold " + held + " bytes, charged " + charged);
    assertThat(held).isGreaterThan(300L * rows * leafBytes / 2).isLessThanOrEqualTo(charged);
    assertThat(charged).as("charged").isLessThan(8 * held);
    scans.forEach(Scan::close);
    assertThat(database.stats().memory().scanBytes()).isZero();
  }

  private static Scan walk(Keyspace keyspace, int entries) {
    Scan scan = keyspace.scan(Range.all());
    for (int i = 0; i <= entries; i++) {
      assertThat(scan.next()).isTrue();
    }
    return scan;
  }
}
