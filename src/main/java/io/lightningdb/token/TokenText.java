package io.lightningdb.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// The text of tokens: `ldb_`, sixteen hexadecimal digits that name the token, `_`, and 32 random bytes in base64url.
///
/// A token is kept as the plain SHA-256 of its text. Slow, salted hashes are there to protect what people make up:
/// against 256 random bits there is nothing to guess and no table to make, whatever the hash costs.
public final class TokenText {
  private static final String PREFIX = "ldb_";
  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 32;
  private static final int ID_END = PREFIX.length() + 2 * ID_BYTES;
  private static final int LENGTH = ID_END + 1 + 43;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{" + 2 * ID_BYTES + "}");

  private TokenText() {}

  /// Makes the text of a new token.
  ///
  /// @param random makes numbers that cannot be guessed
  /// @return shown once and kept nowhere
  public static String random(SecureRandom random) {
    byte[] bytes = new byte[ID_BYTES + SECRET_BYTES];
    random.nextBytes(bytes);
    String secret =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Arrays.copyOfRange(bytes, ID_BYTES, bytes.length));
    return PREFIX + HexFormat.of().formatHex(bytes, 0, ID_BYTES) + "_" + secret;
  }

  /// Reads the id out of a text.
  ///
  /// @param text what a client sent
  /// @return the id, or nothing if no token has a text like this
  public static Optional<String> id(String text) {
    if (text.length() != LENGTH || !text.startsWith(PREFIX) || text.charAt(ID_END) != '_') {
      return Optional.empty();
    }
    return Optional.of(text.substring(PREFIX.length(), ID_END));
  }

  /// Tells whether a token can have this id.
  ///
  /// @param id any text
  /// @return true if it is sixteen hexadecimal digits
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /// What is kept of a text.
  ///
  /// @param text of a token, with 256 random bits
  /// @return SHA-256 of its bytes in UTF-8
  public static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
