package io.lightningdb.token;

import java.security.SecureRandom;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A token that was just made, with the text that is shown this once.
///
/// @param token as it is kept
/// @param text what its owner sends
public record NewToken(Token token, String text) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Makes a token.
  ///
  /// @param name what its owner calls it, as [Token#isName] allows
  /// @param rights what it may do
  /// @param now the present moment
  /// @param expiresAt from when on it is void, or null for never
  /// @return the token, kept nowhere yet
  public static NewToken of(String name, Rights rights, Instant now, @Nullable Instant expiresAt) {
    String text = TokenText.random(RANDOM);
    String id = TokenText.id(text).orElseThrow();
    Token token = new Token(id, name, TokenText.sha256(text), rights, now, expiresAt, null);
    return new NewToken(token, text);
  }

  /// The rights, and not the text: whatever prints this object must not show the secret.
  @Override
  public String toString() {
    return "NewToken[id=" + token.id() + "]";
  }
}
