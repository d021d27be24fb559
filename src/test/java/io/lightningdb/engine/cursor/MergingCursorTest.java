package io.lightningdb.engine.cursor;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.cursor.ReadView.Direction;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.memtable.Memtable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MergingCursorTest {
  private static final KeyRange ALL = new KeyRange(new byte[0], null);

  /// Keys of more than eight bytes that begin alike, so that heads alone do not tell them apart.
  private static Memtable source(long version, String... endings) {
    Memtable memtable = new Memtable(1 << 20);
    for (String ending : endings) {
      byte[] key = ("common-beginning-" + ending).getBytes(StandardCharsets.UTF_8);
      memtable.apply(
          version, new Memtable.Change(Operation.PUT, key, 0, key.length, key.length, 0));
    }
    return memtable;
  }

  @ParameterizedTest
  @EnumSource
  void ofSourcesWithTheSameKeyTheNewestIsShown(Direction direction) throws IOException {
    ReadView view = new ReadView(ALL, direction, Long.MAX_VALUE, 0);
    List<EntryCursor> newestFirst = new ArrayList<>();
    newestFirst.add(source(4, "b").cursor(view));
    newestFirst.add(source(3, "a", "b", "d").cursor(view));
    newestFirst.add(source(2, "a", "c", "d").cursor(view));
    newestFirst.add(source(1, "a", "b", "c", "d", "e").cursor(view));
    EntryCursor merged = MergingCursor.newestOf(newestFirst, direction);
    List<String> shown = new ArrayList<>();
    while (merged.next()) {
      String key = new String(merged.key(), StandardCharsets.UTF_8);
      shown.add(key.charAt(key.length() - 1) + "@" + merged.version());
    }
    List<String> ascending = List.of("a@3", "b@4", "c@2", "d@3", "e@1");
    assertThat(shown).isEqualTo(direction == Direction.REVERSE ? ascending.reversed() : ascending);
  }
}
