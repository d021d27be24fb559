package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.testkit.Fault;
import io.lightningdb.engine.testkit.Machine;
import io.lightningdb.engine.testkit.SimulatedStorage;
import io.lightningdb.engine.testkit.Variant;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Rights;
import io.lightningdb.token.SecuredMark;
import io.lightningdb.token.Token;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.TokenText;
import io.lightningdb.token.Tokens;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tokens in memory and in their file: expiry to the second, last use once a minute, revocation at once.
class ApiTokensTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  /// A clock that a test sets.
  private static final class SetClock extends Clock {
    private Instant now = START;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }

    void pass(Duration duration) {
      now = now.plus(duration);
    }
  }

  private final SimulatedStorage storage = new SimulatedStorage();
  private final SetClock clock = new SetClock();

  private static NewToken made(@Nullable Instant expiresAt) {
    return NewToken.of("t", Rights.ALL, START, expiresAt);
  }

  private static @Nullable Token use(ApiTokens tokens, NewToken token) {
    return tokens.use(token.text(), TokenText.sha256(token.text()));
  }

  private @Nullable Instant lastUseInFile(NewToken token) throws IOException {
    Tokens read = TokenFile.read(storage).orElseThrow();
    return Objects.requireNonNull(read.find(token.token().id())).lastUsedAt();
  }

  @Test
  void aTokenIsVoidFromItsExpiryOn() throws IOException {
    ApiTokens tokens = new ApiTokens(storage, () -> {}, clock);
    NewToken token = made(START.plusSeconds(60));
    assertThat(use(tokens, token)).isNull();
    tokens.add(token.token());

    assertThat(use(tokens, token)).isNotNull();
    clock.pass(Duration.ofMillis(59_999));
    assertThat(use(tokens, token)).isNotNull();
    clock.pass(Duration.ofMillis(1));
    assertThat(use(tokens, token)).isNull();
  }

  @Test
  void usingATokenWritesNothingAndTheMinuteWritesOnce() throws IOException {
    ApiTokens tokens = new ApiTokens(storage, () -> {}, clock);
    NewToken token = made(null);
    tokens.add(token.token());
    long before = storage.operations();

    for (int i = 0; i < 1000; i++) {
      assertThat(use(tokens, token)).isNotNull();
      clock.pass(Duration.ofMillis(10));
    }

    assertThat(storage.operations()).isEqualTo(before);
    assertThat(lastUseInFile(token)).isNull();
    Instant last = START.plusSeconds(9);
    assertThat(Objects.requireNonNull(tokens.find(token.token().id())).lastUsedAt())
        .isEqualTo(last);
    tokens.writeUses();
    assertThat(lastUseInFile(token)).isEqualTo(last);
    long written = storage.operations();
    tokens.writeUses();
    assertThat(storage.operations()).isEqualTo(written);
    assertThat(new ApiTokens(storage, () -> {}, clock).all()).hasSize(1);
  }

  @Test
  void aTokenThatCannotBeKeptIsNotValid() throws IOException {
    ApiTokens tokens = new ApiTokens(storage, () -> {}, clock);
    tokens.add(made(null).token());
    NewToken token = made(null);
    storage.failAt(1, new Fault(Fault.Kind.ENOSPC, Fault.Span.FROM_THEN_ON));

    assertThatThrownBy(() -> tokens.add(token.token())).isInstanceOf(IOException.class);

    assertThat(storage.faultsInjected()).isPositive();
    assertThat(use(tokens, token)).isNull();
    assertThat(tokens.all()).hasSize(1);
  }

  /// What cannot be said of the database is not done: the file would be all that keeps others out.
  @Test
  void withoutTheMarkOfTheDatabaseThereIsNoToken() throws IOException {
    Machine machine = Machine.empty();
    Database database = machine.open(Variant.TINY);
    ApiTokens tokens = new ApiTokens(storage, () -> SecuredMark.set(database), clock);
    NewToken token = made(null);
    machine.storage().failAt(1, new Fault(Fault.Kind.EIO, Fault.Span.FROM_THEN_ON));

    assertThatThrownBy(() -> tokens.add(token.token())).isInstanceOf(IOException.class);

    assertThat(use(tokens, token)).isNull();
    assertThat(TokenFile.read(storage)).isEmpty();
  }

  @Test
  void aRevocationHoldsAtOnceAndIsKeptAsSoonAsTheDiskAllows() throws IOException {
    ApiTokens tokens = new ApiTokens(storage, () -> {}, clock);
    NewToken token = made(null);
    tokens.add(token.token());
    assertThat(use(tokens, token)).isNotNull();
    storage.failAt(1, new Fault(Fault.Kind.ENOSPC, Fault.Span.FROM_THEN_ON));

    assertThatThrownBy(() -> tokens.revoke(token.token().id())).isInstanceOf(IOException.class);

    assertThat(use(tokens, token)).isNull();
    tokens.writeUses();
    assertThat(TokenFile.read(storage).orElseThrow().all()).hasSize(1);
    storage.mend();
    tokens.writeUses();
    assertThat(TokenFile.read(storage).orElseThrow().all()).isEmpty();
    assertThat(tokens.revoke(token.token().id())).isFalse();
  }

  @Test
  void moreThanAllowedAreNotTaken() throws IOException {
    Tokens full = Tokens.NONE;
    for (int i = 0; i < Tokens.COUNT_MAX; i++) {
      full = full.with(made(null).token());
    }
    TokenFile.write(storage, full);
    ApiTokens tokens = new ApiTokens(storage, () -> {}, clock);

    assertThat(tokens.add(made(null).token())).isEqualTo(ApiTokens.Added.FULL);
    String first = tokens.all().iterator().next().id();
    assertThat(tokens.revoke(first)).isTrue();
    assertThat(tokens.add(made(null).token())).isEqualTo(ApiTokens.Added.KEPT);
  }
}
