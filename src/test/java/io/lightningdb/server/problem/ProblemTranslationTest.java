package io.lightningdb.server.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Snapshot;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemTranslationTest {

  @Test
  void closedDatabaseIsShuttingDown(@TempDir Path directory) {
    Database database =
        Database.open(
            directory, DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100)));
    try (Snapshot snapshot = database.snapshot()) {
      assertThat(snapshot.isOpen()).isTrue();
    }
    database.close();

    Problem problem = ProblemTranslation.of(thrownBy(database::snapshot));

    assertThat(problem.type()).isEqualTo(ProblemType.SHUTTING_DOWN);
    assertThat(problem.headers()).containsEntry("Retry-After", "1");
    assertThat(problem.toMembers("/x")).containsEntry("retryable", true);
  }

  @Test
  void keyspaceThatWasDroppedIsNotFound(@TempDir Path directory) {
    try (Database database =
        Database.open(
            directory, DatabaseOptions.defaults().withLog(1 << 20, Duration.ofMillis(100)))) {
      Throwable failure = thrownBy(() -> database.keyspace("nothing"));

      assertThat(failure).isInstanceOf(EngineException.KeyspaceNotFound.class);
      assertThat(ProblemTranslation.of(failure).type()).isEqualTo(ProblemType.KEYSPACE_NOT_FOUND);
    }
  }

  @Test
  void bodiesThatEndEarlyAreMalformed() {
    IOException cause = new UnreadableBodyException("was cut off", new EOFException());

    for (Exception failure :
        new Exception[] {
          cause, new UncheckedIOException(cause), new IllegalStateException(new IOException(cause))
        }) {
      Problem problem = ProblemTranslation.of(failure);
      assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
      assertThat(problem.detail()).isEqualTo("The body was cut off.");
    }
  }

  @Test
  void otherFailuresOfStreamsAreNoFaultOfTheRequest() {
    IOException failure = new NoSuchFileException("/a/path/of/the/service");

    for (Exception each : new Exception[] {failure, new UncheckedIOException(failure)}) {
      Problem problem = ProblemTranslation.of(each);
      assertThat(problem.type()).isEqualTo(ProblemType.INTERNAL_ERROR);
      assertThat(problem.detail()).doesNotContain("path");
    }
  }

  @Test
  void clientThatWentAwayIsNoDefect() {
    Exception wrapped =
        new IllegalStateException(
            new UncheckedIOException(new ClientGoneException(new IOException("Broken pipe"))));

    assertThat(ProblemTranslation.of(wrapped).type()).isEqualTo(ProblemType.MALFORMED_REQUEST);
  }

  @Test
  void defectsKeepTheirDetailsToTheLog() {
    Problem problem = ProblemTranslation.of(new IllegalStateException("the secret is 42"));

    assertThat(problem.type()).isEqualTo(ProblemType.INTERNAL_ERROR);
    assertThat(problem.toMembers("/x").toString()).doesNotContain("42");
  }

  @Test
  void secondsToWaitAreRoundedUp() {
    for (Duration wait :
        new Duration[] {Duration.ZERO, Duration.ofMillis(1), Duration.ofSeconds(1)}) {
      assertThat(ProblemTranslation.retryLater(ProblemType.OVERLOADED, "x", wait).headers())
          .containsEntry("Retry-After", "1");
    }
    assertThat(
            ProblemTranslation.retryLater(ProblemType.OVERLOADED, "x", Duration.ofMillis(1001))
                .headers())
        .containsEntry("Retry-After", "2");
  }

  private static Throwable thrownBy(ThrowingCallable call) {
    return Assertions.catchThrowable(call);
  }
}
