package io.lightningdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.testkit.DatabaseExtension;
import io.lightningdb.engine.testkit.LiveHeap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A merge stands at an entry of each of its runs, and holds the value of none of them: they would be as many of the largest values as there are runs.
class MergeInputsAccountTest {
  private static final int RUNS = 8;
  private static final int VALUE_BYTES = 4 << 20;

  @RegisterExtension private final DatabaseExtension databases = new DatabaseExtension();

  private static byte[] value(int number, int version) {
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, (byte) (10 * number + version));
    return value;
  }

  @Test
  void inputsOfAMergeHoldNoLargeValue() throws IOException {
    Database database = databases.open(DatabaseOptions.defaults());
    List<EntryCursor> inputs = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      Keyspace keyspace = database.keyspace("k" + i, KeyspaceOptions.defaults());
      keyspace.put(new byte[] {1}, value(i, 1), Durability.LOGGED);
      keyspace.put(new byte[] {2}, value(i, 2), Durability.LOGGED);
      keyspace.flush();
      inputs.add(keyspace.store().peek().runs().getFirst().run().allVersions(KeyRange.ALL));
    }
    long before = LiveHeap.bytes();

    for (EntryCursor input : inputs) {
      assertThat(input.next()).isTrue();
    }

    assertThat(LiveHeap.bytes() - before).isLessThan(VALUE_BYTES);
    byte[] copied = new byte[VALUE_BYTES];
    for (int i = 0; i < RUNS; i++) {
      EntryCursor input = inputs.get(i);
      for (int version = 1; version <= 2; version++) {
        assertThat(input.key()).isEqualTo(new byte[] {(byte) version});
        assertThat(input.valueLength()).isEqualTo(VALUE_BYTES);
        input.copyValue(copied, 0);
        assertThat(copied).isEqualTo(value(i, version));
        assertThat(input.next()).isEqualTo(version == 1);
      }
    }
  }
}
