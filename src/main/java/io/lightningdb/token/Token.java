package io.lightningdb.token;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A token as it is kept: everything except its text. Immutable.
///
/// @param id names it; part of its text, and no secret
/// @param name what its owner calls it
/// @param sha256 hash of its text, 32 bytes
/// @param rights what it may do
/// @param createdAt when it was made
/// @param expiresAt from when on it is void, or null for never
/// @param lastUsedAt when it was last used, to the minute, or null for never
@SuppressWarnings("ArrayRecordComponent") // Never compared as a whole, never a map key.
public record Token(
    String id,
    String name,
    byte[] sha256,
    Rights rights,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt) {

  /// Most patterns of a token.
  public static final int PATTERNS_MAX = 64;

  /// What a name looks like, for messages.
  public static final String NAME_FORM =
      "1 to 64 letters, digits, spaces and . _ @ : / + -, with a letter or a digit at either end";

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9 ._@:/+-]{0,62}[A-Za-z0-9])?");

  /// Tells whether a token can have this name.
  ///
  /// @param name any text
  /// @return true if it is as [#NAME_FORM] says
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /// Tells whether a text is this token's. Takes the same time wherever the hashes differ.
  ///
  /// @param digest SHA-256 of the text
  /// @return true if it is
  public boolean hasText(byte[] digest) {
    return MessageDigest.isEqual(sha256, digest);
  }

  /// Tells whether the token is void by its age.
  ///
  /// @param now the present moment
  /// @return true from its expiry on
  public boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  /// This token, used later.
  ///
  /// @param moment of its last use
  /// @return a changed copy
  public Token usedAt(Instant moment) {
    return new Token(id, name, sha256, rights, createdAt, expiresAt, moment);
  }
}
