package io.lightningdb.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegisterHistoryTest {
  private final RegisterHistory history = new RegisterHistory();

  @Test
  void anOrderlyHistoryHasNoViolation() {
    history.write(() -> 1);
    history.read(() -> 1);
    history.write(() -> 2);
    history.read(() -> 2);
    assertThat(history.violation()).isEmpty();
  }

  @Test
  void aStaleReadIsFound() {
    history.write(() -> 1);
    history.write(() -> 2);
    history.read(() -> 1);
    assertThat(history.violation()).isPresent();
  }

  @Test
  void aReadOverlappingAWriteMaySeeEither() {
    history.write(() -> 1);
    history.write(() -> {
      history.read(() -> 1);
      history.read(() -> 2);
      return 2;
    });
    assertThat(history.violation()).isEmpty();
  }

  @Test
  void readsThatStepBackAreFound() {
    history.write(() -> 1);
    history.write(() -> {
      history.read(() -> 2);
      history.read(() -> 1);
      return 2;
    });
    assertThat(history.violation()).isPresent();
  }

  @Test
  void aWriteOrderedBeforeAnEarlierOneIsFound() {
    history.write(() -> 2);
    history.write(() -> 1);
    assertThat(history.violation()).isPresent();
  }

  @Test
  void aReadFromTheFutureIsFound() {
    history.read(() -> 1);
    history.write(() -> 1);
    assertThat(history.violation()).isPresent();
  }
}
