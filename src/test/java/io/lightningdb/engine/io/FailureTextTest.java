package io.lightningdb.engine.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What failures of the JDK say to people: what is wrong, in words, without the place of a file.
class FailureTextTest {
  @TempDir Path directory;

  private interface Failing {
    void run() throws Exception;
  }

  private static Exception failure(Failing what) {
    try {
      what.run();
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError("nothing failed");
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        failure(() -> UTF_8.newDecoder().decode(ByteBuffer.wrap(new byte[] {-1}))),
        failure(() -> Files.readString(Path.of("absent-directory", "absent"))),
        failure(() -> Files.createDirectory(Path.of("."))),
        failure(() -> ByteBuffer.allocate(1).getLong()),
        new EOFException(),
        new IOException(),
        new IOException("null"),
        new IOException((String) null, new IOException("cause")),
        new ClosedChannelException(),
        new StackOverflowError(),
        new DirectoryNotEmptyException("/a/b"),
        new UncheckedIOException(new EOFException()),
        new ExecutionException(new CharacterCodingException()));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void textsSayWhatIsWrong(Throwable failure) {
    assertThat(FailureText.of(failure))
        .matches("[a-z.].{4,}")
        .doesNotContain("null", "/", "Input length", "Exception")
        .doesNotEndWith(".");
  }

  @Test
  void messagesOfOurOwnStay() {
    assertThat(FailureText.of(new IOException("cannot sync 000001.log: No space left on device")))
        .isEqualTo("cannot sync 000001.log: No space left on device");
  }

  @Test
  void filesAreNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("there"));
    assertThat(FailureText.of(failure(() -> Files.createFile(file))))
        .isEqualTo("there is there already");
    assertThat(FailureText.of(failure(() -> Files.size(file.resolveSibling("gone")))))
        .isEqualTo("gone is not there");
    assertThat(FailureText.of(new NotDirectoryException(file.toString())))
        .isEqualTo("there is no directory");
  }
}
