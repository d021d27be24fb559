package io.lightningdb.server.keyvalue.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.util.Base64;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CursorTextTest {
  private final CursorText text = new CursorText("secret");

  @Test
  void placesComeBack() {
    for (byte[] position : new byte[][] {{}, {0}, new byte[4096]}) {
      CursorText.Place place =
          text.read(text.write(new CursorText.Place(Long.MIN_VALUE + 7, position)));

      assertThat(place.walk()).isEqualTo(Long.MIN_VALUE + 7);
      assertThat(place.position()).isEqualTo(position);
    }
  }

  @Test
  void everyFlippedBitIsNoticed() {
    byte[] good =
        Base64.getUrlDecoder().decode(text.write(new CursorText.Place(42, new byte[] {1, 2, 3})));
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(bad);
      boolean secretChanged = bit / 8 >= 1 && bit / 8 <= 4;
      assertThatProblem(
          () -> text.read(cursor),
          secretChanged ? ProblemType.CURSOR_EXPIRED : ProblemType.INVALID_CURSOR);
    }
  }

  @Test
  void whatIsNoCursorIsNoticed() {
    for (String cursor : new String[] {"", "AQ", "!", "AQAAAA", "a".repeat(10_000)}) {
      assertThatThrownBy(() -> text.read(cursor)).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void cursorsOfAnotherSecretHaveExpired() {
    String cursor = text.write(new CursorText.Place(42, new byte[] {1}));

    assertThatProblem(() -> new CursorText("another").read(cursor), ProblemType.CURSOR_EXPIRED);
    assertThat(new CursorText("secret").read(cursor).walk()).isEqualTo(42);
  }

  @Test
  void withoutASecretEachStartHasItsOwn() {
    String cursor = new CursorText("").write(new CursorText.Place(42, new byte[] {1}));

    assertThatProblem(() -> new CursorText("").read(cursor), ProblemType.CURSOR_EXPIRED);
  }

  private static void assertThatProblem(ThrowingCallable call, ProblemType type) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().type()).isEqualTo(type));
  }
}
