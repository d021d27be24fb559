package io.lightningdb.engine.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Entry;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ModelTest {
  private final Model model = new Model();

  ModelTest() {
    model.create("k");
  }

  @Test
  void everyVersionStaysReadable() {
    model.commit(List.of(put("a", "1")));
    model.commit(List.of(put("a", "2"), put("b", "2")));
    model.commit(List.of(new Change.Delete("k", bytes("a"))));
    assertThat(scan(1)).containsExactly("a=1@1");
    assertThat(scan(2)).containsExactly("a=2@2", "b=2@2");
    assertThat(scan(3)).containsExactly("b=2@2");
    assertThat(model.get("k", bytes("a"), 0)).isNull();
    assertThat(Objects.requireNonNull(model.get("k", bytes("a"), 2)).version()).isEqualTo(2);
  }

  @Test
  void aRangeDeletionTakesWhatWasThereAndNotWhatComesLaterInTheCommit() {
    model.commit(List.of(put("a", "1"), put("b", "1"), put("c", "1")));
    model.commit(
        List.of(
            put("a", "2"),
            new Change.DeleteRange("k", KeySpan.between(bytes("a"), bytes("c"))),
            put("b", "3")));
    assertThat(scan(2)).containsExactly("b=3@2", "c=1@1");
  }

  @Test
  void aRollbackForgetsNewerCommits() {
    model.commit(List.of(put("a", "1")));
    model.commit(List.of(put("a", "2"), put("b", "2")));
    model.rollback(1);
    assertThat(model.version()).isEqualTo(1);
    assertThat(scan(5)).containsExactly("a=1@1");
  }

  @Test
  void aDroppedKeyspaceComesBackEmpty() {
    model.commit(List.of(put("a", "1")));
    assertThat(model.drop("k")).isTrue();
    assertThat(model.drop("k")).isFalse();
    model.create("k");
    assertThat(scan(9)).isEmpty();
  }

  @Test
  void spansKnowTheirKeys() {
    KeySpan prefix = new KeySpan(KeySpan.Form.PREFIX, bytes("ab"), null, false);
    assertThat(prefix.contains(bytes("ab"))).isTrue();
    assertThat(prefix.contains(bytes("abz"))).isTrue();
    assertThat(prefix.contains(bytes("a"))).isFalse();
    assertThat(prefix.contains(bytes("ac"))).isFalse();
    KeySpan between = KeySpan.between(new byte[] {(byte) 0x80}, new byte[] {(byte) 0xff});
    assertThat(between.contains(new byte[] {0x7f})).isFalse();
    assertThat(between.contains(new byte[] {(byte) 0x80})).isTrue();
    assertThat(between.contains(new byte[] {(byte) 0xfe, 5})).isTrue();
    assertThat(between.contains(new byte[] {(byte) 0xff})).isFalse();
    assertThat(KeySpan.between(bytes("b"), bytes("a")).contains(bytes("b"))).isFalse();
  }

  private List<String> scan(long version) {
    return model.scan("k", KeySpan.all(), version).stream()
        .map(found -> text(found.getKey()) + "=" + text(found.getValue()))
        .toList();
  }

  private static String text(Entry entry) {
    return text(entry.value()) + "@" + entry.version();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, US_ASCII);
  }

  private static Change put(String key, String value) {
    return new Change.Put("k", bytes(key), bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
