package io.lightningdb.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What takes failures finds no memory either, and ends the process all the same.
class UncaughtFailuresTest {
  private final List<Integer> ended = new ArrayList<>();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final UncaughtFailures failures =
      new UncaughtFailures(ended::add, new PrintStream(said, true, StandardCharsets.UTF_8));

  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new OutOfMemoryError("none for the message");
    }
  }

  @Test
  void whatFindsNoMemoryWhileItRemembersAFailureEndsTheProcess() {
    failures.uncaughtException(Thread.currentThread(), new Unspeakable());
    assertThat(ended).containsExactly(UncaughtFailures.EXIT_OUT_OF_MEMORY);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Lightning DB ends because memory is exhausted")
        .contains("none for the message");
  }

  @Test
  void whatFindsNoMemoryForTheCauseSaysThatThereIsNone() {
    OutOfMemoryError exhausted = new OutOfMemoryError("heap");
    IllegalStateException failure =
        new IllegalStateException("wrapped", exhausted) {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw exhausted;
          }
        };
    try {
      failures.uncaughtException(Thread.currentThread(), failure);
    } catch (OutOfMemoryError e) {
      // The process is at its end by then.
      assertThat(e).isSameAs(exhausted);
    }
    assertThat(ended).containsExactly(UncaughtFailures.EXIT_OUT_OF_MEMORY);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Lightning DB ends because memory is exhausted");
  }
}
