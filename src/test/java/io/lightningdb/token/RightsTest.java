package io.lightningdb.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Roles, patterns of keyspaces, and the form of tokens.
class RightsTest {

  @ParameterizedTest
  @CsvSource({
    "READER, true, false, false, false",
    "WRITER, true, true, false, false",
    "OPERATOR, false, false, true, false",
    "ADMIN, true, true, true, true"
  })
  void rolesIncludeOthers(Role role, boolean read, boolean write, boolean operate, boolean admin) {
    Rights rights = Rights.of(List.of(role), List.of(KeyspacePattern.ALL));
    assertThat(rights.include(Role.READER)).isEqualTo(read);
    assertThat(rights.include(Role.WRITER)).isEqualTo(write);
    assertThat(rights.include(Role.OPERATOR)).isEqualTo(operate);
    assertThat(rights.include(Role.ADMIN)).isEqualTo(admin);
  }

  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "orders-*, orders-1, true",
    "orders-*, orders-, true",
    "orders-*, orders, false",
    "orders-*, my-orders-1, false",
    "orders, orders, true",
    "orders, orders-1, false",
    "o*, orders, true"
  })
  void patternsCover(String pattern, String keyspace, boolean covered) {
    KeyspacePattern known = KeyspacePattern.find(pattern).orElseThrow();
    assertThat(Rights.of(List.of(Role.READER), List.of(known)).cover(keyspace)).isEqualTo(covered);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "**", "*-orders", "a*b", "A", "-a", "1", "a b", "a,b", "a\tb", "a\n"})
  void otherTextsAreNoPatterns(String text) {
    assertThat(KeyspacePattern.find(text)).isEmpty();
  }

  @Test
  void onlyTheStarCoversAll() {
    KeyspacePattern most = KeyspacePattern.find("a*").orElseThrow();
    assertThat(Rights.of(List.of(Role.ADMIN), List.of(most)).coverAll()).isFalse();
    assertThat(Rights.of(List.of(Role.ADMIN), List.of(most, KeyspacePattern.ALL)).coverAll())
        .isTrue();
  }

  @Test
  void textsOfTokensAreUniqueAndTellTheirId() {
    SecureRandom random = new SecureRandom();
    Set<String> texts = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String text = TokenText.random(random);
      assertThat(texts.add(text)).isTrue();
      assertThat(TokenText.isId(TokenText.id(text).orElseThrow())).isTrue();
      assertThat(TokenText.id(text + "x")).isEmpty();
      assertThat(TokenText.id(text.substring(1))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "shop", "CI of orders@example.org", "a-b_c.d:e/f+g"})
  void names(String name) {
    assertThat(Token.isName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\tb", "a\nb", " a", "a ", "é", "\"a\"", "-"})
  void otherTextsAreNoNames(String name) {
    assertThat(Token.isName(name)).isFalse();
  }
}
