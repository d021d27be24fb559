package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Writes and reads the text of cursors. *Thread-safe.*
///
/// | offset | bytes | field       |                                                                   |
/// |--------|-------|-------------|-------------------------------------------------------------------|
/// | 0      | 1     | `form`      | 1                                                                 |
/// | 1      | 4     | `secret`    | first bytes of the SHA-256 of the secret                          |
/// | 5      | 8     | `walk`      | number of the list                                                |
/// | 13     | n     | `position`  | key or name after which the next page begins                      |
/// | 13+n   | 16    | `signature` | first bytes of the HMAC-SHA-256 of all before, under the secret   |
///
/// All of it in base64url without padding.
public final class CursorText {
  private static final byte FORM = 1;
  private static final int SECRET_ID_BYTES = 4;
  private static final int HEAD_BYTES = 1 + SECRET_ID_BYTES + Long.BYTES;
  private static final int SIGNATURE_BYTES = 16;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;
  private final byte[] secretId;

  /// Signs with a secret.
  ///
  /// @param secret any text; empty means a random secret
  public CursorText(String secret) {
    byte[] bytes = secret.isEmpty() ? random() : secret.getBytes(StandardCharsets.UTF_8);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
    this.secretId = Arrays.copyOf(sha256(bytes), SECRET_ID_BYTES);
  }

  private static byte[] random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// A place in a list.
  ///
  /// @param walk number of the list
  /// @param position what the last page ended with
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  public record Place(long walk, byte[] position) {}

  /// Writes a cursor.
  ///
  /// @param place where the next page begins
  /// @return text that may stand in a query without encoding
  public String write(Place place) {
    ByteBuffer body = ByteBuffer.allocate(HEAD_BYTES + place.position().length);
    body.put(FORM).put(secretId).putLong(place.walk()).put(place.position());
    byte[] signature = sign(body.array());
    byte[] all = Arrays.copyOf(body.array(), body.capacity() + SIGNATURE_BYTES);
    System.arraycopy(signature, 0, all, body.capacity(), SIGNATURE_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  /// Reads a cursor.
  ///
  /// @param text what a client sent
  /// @return where the next page begins
  /// @throws io.lightningdb.server.problem.ProblemException if the text was not written under this secret
  public Place read(String text) {
    byte[] all = decode(text);
    if (all.length < HEAD_BYTES + SIGNATURE_BYTES || all[0] != FORM) {
      throw invalid();
    }
    if (!Arrays.equals(all, 1, 1 + SECRET_ID_BYTES, secretId, 0, SECRET_ID_BYTES)) {
      // Written before the secret changed, as it does at every start unless it is set.
      throw Problem.of(ProblemType.CURSOR_EXPIRED, ProblemType.CURSOR_EXPIRED.meaning())
          .asException();
    }
    byte[] body = Arrays.copyOf(all, all.length - SIGNATURE_BYTES);
    byte[] signature = Arrays.copyOfRange(all, body.length, all.length);
    if (!MessageDigest.isEqual(sign(body), signature)) {
      throw invalid();
    }
    long walk = ByteBuffer.wrap(body).getLong(1 + SECRET_ID_BYTES);
    return new Place(walk, Arrays.copyOfRange(body, HEAD_BYTES, body.length));
  }

  private byte[] sign(byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(body), SIGNATURE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      throw invalid();
    }
  }

  private static RuntimeException invalid() {
    return Problem.of(ProblemType.INVALID_CURSOR, "The cursor was not written by this service.")
        .asException();
  }
}
