package io.lightningdb.server.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A key as people see it: its beginning, as text if that is printable. It is no address of an entry. Immutable.
///
/// @param text its first 64 bytes at most, if they are printable UTF-8; else null
/// @param base64url its first 64 bytes at most, if they are not; else null
/// @param bytes length of the whole key, in bytes
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShownKey(@Nullable String text, @Nullable String base64url, int bytes) {
  /// Bytes of a key that are shown.
  public static final int BYTES_MAX = 64;

  // A character takes four bytes of UTF-8 at most.
  private static final int CUT_BYTES_MAX = 3;

  /// Shows a key.
  ///
  /// @param key any key
  /// @return its beginning
  public static ShownKey of(byte[] key) {
    String text = text(key);
    if (text != null) {
      return new ShownKey(text, null, key.length);
    }
    byte[] shown = Arrays.copyOf(key, Math.min(key.length, BYTES_MAX));
    return new ShownKey(
        null, Base64.getUrlEncoder().withoutPadding().encodeToString(shown), key.length);
  }

  private static @Nullable String text(byte[] key) {
    int shown = Math.min(key.length, BYTES_MAX);
    int least = shown == key.length ? shown : shown - CUT_BYTES_MAX;
    for (int length = shown; length >= least; length--) {
      Optional<String> text = PercentDecoding.utf8(Arrays.copyOf(key, length));
      if (text.isPresent()) {
        return text.get().codePoints().allMatch(ShownKey::isPrintable) ? text.get() : null;
      }
    }
    return null;
  }

  /// Invisible characters, such as those that turn the direction of writing, would make one key look like another.
  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
