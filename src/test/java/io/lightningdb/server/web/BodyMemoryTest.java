package io.lightningdb.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class BodyMemoryTest {
  private final BodyMemory memory = new BodyMemory(10 * 1024, Duration.ZERO);

  @Test
  void memoryIsTakenUntilTheRequestEnds() throws Exception {
    memory.doFilter(
        new MockHttpServletRequest(),
        new MockHttpServletResponse(),
        (first, _) -> {
          memory.reserve((MockHttpServletRequest) first, 6 * 1024 - 1);
          memory.reserve(new MockHttpServletRequest(), 4 * 1024 - 1);
          assertThatThrownBy(() -> memory.reserve(new MockHttpServletRequest(), 1024))
              .isInstanceOfSatisfying(
                  ProblemException.class,
                  e -> assertThat(e.problem().type()).isEqualTo(ProblemType.OVERLOADED));
        });

    assertThatCode(() -> memory.reserve(new MockHttpServletRequest(), 6 * 1024 - 1))
        .doesNotThrowAnyException();
  }

  @Test
  void memoryIsGivenBackWhereTheRequestFails() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() ->
              memory.doFilter(
                  new MockHttpServletRequest(),
                  new MockHttpServletResponse(),
                  (request, _) -> {
                    memory.reserve((MockHttpServletRequest) request, 9 * 1024);
                    throw new IllegalStateException("failed");
                  }))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
