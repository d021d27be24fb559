package io.lightningdb.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.server.AcknowledgedWrites.Form;
import io.lightningdb.server.AcknowledgedWrites.Written;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// The checker of acknowledged writes accuses the service when it must, and only then.
class AcknowledgedWritesTest {
  private static final byte[] LETTERS = "ABCDEFGH".getBytes(StandardCharsets.US_ASCII);
  private static final String KEY = "key";

  private final AcknowledgedWrites writes = new AcknowledgedWrites(LETTERS);

  private void write(int bytes, long number, int status) {
    Written written = new Written(Form.PLAIN, bytes, number);
    writes.begin(KEY, written);
    writes.end(KEY, written, status);
  }

  private static AcknowledgedWrites.Reader holding(String value) {
    return _ -> new ByteArrayInputStream(value.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aRefusedWriteThatLooksLikeTheOneBeforeItAccusesNobody() {
    write(3, 1, 201);
    write(3, 2, 503);

    assertThat(writes.lost(holding("ABC"))).isEmpty();
  }

  @Test
  void whatWasAcknowledgedMustBeThere() {
    write(3, 1, 201);

    assertThat(writes.lost(_ -> null)).containsExactly("key is gone");
    assertThat(writes.lost(holding("AB"))).singleElement().asString().contains("holds 2 bytes");
    assertThat(writes.lost(holding("ABX"))).singleElement().asString().contains("holds 3 bytes");
  }

  @Test
  void whatWasRefusedMustNotBeThere() {
    write(3, 1, 201);
    write(4, 2, 503);

    assertThat(writes.lost(holding("ABCD"))).singleElement().asString().contains("holds 4 bytes");
  }

  @Test
  void whatWasNotAnsweredMayBeThere() {
    write(3, 1, 201);
    write(4, 2, 0);

    assertThat(writes.lost(holding("ABC"))).isEmpty();
    assertThat(writes.lost(holding("ABCD"))).isEmpty();
  }

  @Test
  void aKeyThatCannotBeReadIsNotThere() {
    write(3, 1, 201);

    assertThat(
            writes.lost(_ -> {
              throw new IOException("503");
            }))
        .containsExactly("key cannot be read: java.io.IOException: 503");
  }
}
