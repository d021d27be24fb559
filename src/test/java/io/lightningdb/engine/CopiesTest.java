package io.lightningdb.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Allocations;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How often a large value is copied on its way.
class CopiesTest {
  private static final int VALUE_BYTES = 8 << 20;
  private static final int SLACK_BYTES = VALUE_BYTES / 4;

  @Test
  void aLargeValueIsCopiedOnceForTheLogAndOnceIntoTheMemtable(@TempDir Path directory)
      throws Exception {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("default");
      byte[] key = "key".getBytes(US_ASCII);
      byte[] value = new byte[VALUE_BYTES];
      new SplittableRandom(1).nextBytes(value);
      keyspace.put(key, new byte[1], Durability.LOGGED);

      long allocated =
          Allocations.during(() ->
              database.write(
                  new WriteBatch().put(keyspace, key, new byte[] {7}, value, Expiry.byDefault()),
                  Durability.SYNCED));

      assertThat(allocated).isBetween(2L * VALUE_BYTES, 2L * VALUE_BYTES + SLACK_BYTES);
      byte[] found = Objects.requireNonNull(keyspace.get(key));
      assertThat(found).hasSize(VALUE_BYTES + 1).startsWith(7);
      assertThat(Arrays.mismatch(found, 1, found.length, value, 0, value.length)).isEqualTo(-1);
    }
  }

  @Test
  void aBatchThatIsToldItsSizeDoesNotGrow(@TempDir Path directory) throws Exception {
    try (Database database = Database.open(directory, DatabaseOptions.defaults())) {
      Keyspace keyspace = database.keyspace("default");
      byte[] value = new byte[VALUE_BYTES / 16];

      long allocated =
          Allocations.during(() -> {
            WriteBatch batch = new WriteBatch(VALUE_BYTES + 16 * 64);
            for (int i = 0; i < 16; i++) {
              batch.put(keyspace, ("key-" + i).getBytes(US_ASCII), value);
            }
          });

      assertThat(allocated).isBetween((long) VALUE_BYTES, (long) VALUE_BYTES + SLACK_BYTES);
    }
  }
}
