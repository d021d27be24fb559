package io.lightningdb.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.server.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @ParameterizedTest
  @CsvSource({
    "a=b, b",
    "a=%20, ' '",
    "a=1+1, 1 1",
    "a=1%2B1, 1+1",
    "a=%C3%A9, é",
    "x=1&a=y=z, y=z",
    "%61=b, b",
    "a, ''",
    "a=, ''"
  })
  void parametersAreDecoded(String query, String value) {
    assertThat(Query.parse(query).text("a")).contains(value);
  }

  @Test
  void bytesNeedNotBeText() {
    assertThat(Query.parse("a=%FF%00").bytes("a").orElseThrow()).containsExactly(0xFF, 0);
    assertThat(Query.parse("a=b").bytes("c")).isEmpty();
    assertThat(Query.parse(null).names()).isEmpty();
    assertThat(Query.parse("&&a=1&").names()).containsExactly("a");
    assertThat(Query.parse("a=b").bytes("a").orElseThrow())
        .isEqualTo("b".getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%", "a=%1", "a=%zz", "a=%FF", "a=1&a=2", "%FF=1", "a=%C0%80"})
  void whatCannotBeDecodedIsRefused(String query) {
    assertThatThrownBy(() -> Query.parse(query).text("a")).isInstanceOf(ProblemException.class);
  }

  @Test
  void listsOfWordsAreReadWhole() {
    assertThat(Query.parse("a=x, y,z").choices("a", Letter.class))
        .hasValueSatisfying(set -> assertThat(set).containsExactlyInAnyOrder(Letter.values()));
    assertThatThrownBy(() -> Query.parse("a=x,,y").choices("a", Letter.class))
        .isInstanceOf(ProblemException.class);
  }

  private enum Letter {
    X,
    Y,
    Z
  }
}
