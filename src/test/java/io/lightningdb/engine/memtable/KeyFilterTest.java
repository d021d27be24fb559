package io.lightningdb.engine.memtable;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.format.KeyHash;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A filter that forgets a key loses an acknowledged write; one that says yes too often is of no use.
class KeyFilterTest {

  private static long hash(String prefix, int number) {
    return KeyHash.of((prefix + number).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anEmptyFilterContainsNothing() {
    KeyFilter filter = new KeyFilter();
    assertThat(filter.mayContain(0)).isFalse();
    assertThat(filter.mayContain(-1)).isFalse();
    assertThat(filter.bytes()).isEqualTo(KeyFilter.bytesMin());
  }

  /// Each key is looked for at once and at the end: parts come to be in between.
  @ParameterizedTest
  @ValueSource(ints = {1, 85, 86, 767, 768, 50_000, 500_000})
  void whatWasAddedIsFoundAndLittleElse(int keys) {
    KeyFilter filter = new KeyFilter();
    int forgotten = 0;
    for (int i = 0; i < keys; i++) {
      filter.add(hash("there", i));
      forgotten += filter.mayContain(hash("there", i)) ? 0 : 1;
    }
    for (int i = 0; i < keys; i++) {
      forgotten += filter.mayContain(hash("there", i)) ? 0 : 1;
    }
    assertThat(forgotten).isZero();

    int others = 100_000;
    int mistaken = 0;
    for (int i = 0; i < others; i++) {
      mistaken += filter.mayContain(hash("absent", i)) ? 1 : 0;
    }
    assertThat((double) mistaken / others).isLessThan(0.08);
  }

  @Test
  void itTakesMemoryInProportion() {
    KeyFilter filter = new KeyFilter();
    long allowed = KeyFilter.bytesMin();
    for (int i = 1; i <= 200_000; i++) {
      filter.add(hash("key", i));
      // The last part is for seven times the keys of all before it, at 12 bits each.
      allowed = Math.max(allowed, KeyFilter.bytesMin() + 9L * 12 * i / 8);
      assertThat(filter.bytes()).isLessThanOrEqualTo(allowed);
    }
  }
}
