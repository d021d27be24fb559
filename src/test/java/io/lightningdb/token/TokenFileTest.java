package io.lightningdb.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.SimulatedStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The file of the tokens: what is written is read, through power failures and full disks, and damage is told.
class TokenFileTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static NewToken made(String name) {
    Rights rights =
        Rights.of(
            List.of(Role.WRITER, Role.OPERATOR),
            List.of(new KeyspacePattern("orders-*"), new KeyspacePattern("carts")));
    return NewToken.of(name, rights, NOW, NOW.plusSeconds(60));
  }

  private static final NewToken FIRST = made("first of all");
  private static final NewToken SECOND = made("second");
  private static final Tokens ONE = Tokens.NONE.with(FIRST.token());
  private static final Tokens TWO = ONE.with(SECOND.token());

  private static int count(SimulatedStorage storage) throws IOException {
    return TokenFile.read(storage).map(tokens -> tokens.all().size()).orElse(-1);
  }

  @Test
  void absentIsNotEmpty() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    assertThat(TokenFile.read(storage)).isEmpty();

    TokenFile.write(storage, Tokens.NONE);

    assertThat(count(storage)).isZero();
  }

  @Test
  void everythingIsReadAsItWasWritten() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    Token used = SECOND.token().usedAt(NOW.plusSeconds(7));
    TokenFile.write(storage, ONE.with(used));

    Tokens read = TokenFile.read(storage).orElseThrow();

    assertThat(read.all()).extracting(Token::id).containsExactly(FIRST.token().id(), used.id());
    Token second = Objects.requireNonNull(read.find(used.id()));
    assertThat(second).usingRecursiveComparison().isEqualTo(used);
    assertThat(Objects.requireNonNull(read.find(FIRST.token().id())).lastUsedAt()).isNull();
    assertThat(second.hasText(TokenText.sha256(SECOND.text()))).isTrue();
    assertThat(second.hasText(TokenText.sha256(FIRST.text()))).isFalse();
  }

  /// The file as a service has left it.
  @Test
  void whatIsKeptIsReadAndWrittenAgain() throws IOException {
    byte[] kept;
    try (InputStream in = TokenFileTest.class.getResourceAsStream("/format/v2/TOKENS")) {
      kept = Objects.requireNonNull(in).readAllBytes();
    }
    SimulatedStorage storage = SimulatedStorage.of(Map.of(TokenFile.NAME, kept));

    Tokens tokens = TokenFile.read(storage).orElseThrow();

    Token root = Objects.requireNonNull(tokens.find("af79480ec0848dae"));
    assertThat(root.name()).isEqualTo("root of all");
    assertThat(root.rights()).isEqualTo(Rights.ALL);
    assertThat(root.expiresAt()).isNull();
    assertThat(root.lastUsedAt()).isEqualTo(Instant.parse("2026-11-30T00:31:26Z"));
    Token shop = Objects.requireNonNull(tokens.find("470bec9cdc171356"));
    assertThat(shop.rights().include(Role.OPERATOR)).isTrue();
    assertThat(shop.rights().cover("orders-1")).isTrue();
    assertThat(shop.expiresAt()).isEqualTo(Instant.parse("2027-02-28T00:30:50Z"));
    SimulatedStorage again = new SimulatedStorage();
    TokenFile.write(again, tokens);
    assertThat(again.contents().get(TokenFile.NAME)).isEqualTo(kept);
  }

  @Test
  void textsOfTokensAreNotInTheFile() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    TokenFile.write(storage, TWO);
    String file =
        new String(
            Objects.requireNonNull(storage.contents().get(TokenFile.NAME)),
            StandardCharsets.US_ASCII);
    String secret = FIRST.text().substring(FIRST.text().lastIndexOf('_') + 1);
    assertThat(file).contains("first of all").doesNotContain(secret).doesNotContain("ldb_");
    assertThat(FIRST.toString()).doesNotContain(secret);
  }

  @Test
  void aPowerFailureLeavesTheOldOrTheNewTokens() throws IOException {
    int survived = 0;
    for (long operation = 1; operation <= 8; operation++) {
      for (long outcome = 1; outcome <= 20; outcome++) {
        SimulatedStorage storage = new SimulatedStorage();
        TokenFile.write(storage, ONE);
        storage.crashAt(storage.operations() + operation);
        boolean acknowledged = true;
        try {
          TokenFile.write(storage, TWO);
        } catch (IOException _) {
          acknowledged = false;
        }
        SimulatedStorage left = storage.crash(outcome);
        assertThat(count(left)).isIn(acknowledged ? List.of(2) : List.of(1, 2));
        survived += acknowledged ? 1 : 0;
        // What was half made does not stand in the way.
        TokenFile.write(left, TWO.without(FIRST.token().id()));
        assertThat(count(left.crash(outcome))).isEqualTo(1);
      }
    }
    assertThat(survived).isBetween(1, 159);
  }

  @Test
  void aFullDiskLeavesTheOldTokens() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    TokenFile.write(storage, ONE);
    storage.failAt(1, new Fault(Fault.Kind.ENOSPC, Fault.Span.FROM_THEN_ON));

    assertThatThrownBy(() -> TokenFile.write(storage, TWO)).isInstanceOf(IOException.class);

    assertThat(storage.faultsInjected()).isPositive();
    storage.mend();
    assertThat(count(storage)).isEqualTo(1);
    TokenFile.write(storage, TWO);
    assertThat(count(storage)).isEqualTo(2);
  }

  @Test
  void everyDamagedByteIsTold() throws IOException {
    SimulatedStorage storage = new SimulatedStorage();
    TokenFile.write(storage, TWO);
    byte[] sound = Objects.requireNonNull(storage.contents().get(TokenFile.NAME));
    int format = "lightningdb-tokens ".length();
    for (int i = 0; i < sound.length; i++) {
      byte[] damaged = sound.clone();
      damaged[i] ^= 1;
      SimulatedStorage copy = SimulatedStorage.of(Map.of(TokenFile.NAME, damaged));
      assertThatThrownBy(() -> TokenFile.read(copy))
          .as("byte " + i)
          .isInstanceOf(i == format ? IOException.class : CorruptionException.class);
    }
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      SimulatedStorage copy = SimulatedStorage.of(Map.of(TokenFile.NAME, cut));
      assertThatThrownBy(() -> TokenFile.read(copy))
          .as("cut at " + length)
          .isInstanceOf(CorruptionException.class);
    }
  }

  @Test
  void aNewerFormatIsTold() {
    byte[] newer = "lightningdb-tokens 2 whatever\n".getBytes(StandardCharsets.US_ASCII);
    SimulatedStorage storage = SimulatedStorage.of(Map.of(TokenFile.NAME, newer));
    assertThatThrownBy(() -> TokenFile.read(storage)).hasMessageContaining("format 2");
  }

  @Test
  void tokensAreBounded() {
    Tokens tokens = Tokens.NONE;
    for (int i = 0; i < Tokens.COUNT_MAX; i++) {
      assertThat(tokens.isFull()).isFalse();
      tokens = tokens.with(made("n" + i).token());
    }
    Tokens full = tokens;
    assertThat(full.isFull()).isTrue();
    assertThatThrownBy(() -> full.with(FIRST.token())).isInstanceOf(IllegalStateException.class);
  }
}
