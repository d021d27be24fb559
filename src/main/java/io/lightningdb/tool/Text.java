package io.lightningdb.tool;

import io.lightningdb.engine.format.ExpirySummary;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/// Bytes and numbers as people read them.
final class Text {
  private static final HexFormat HEX = HexFormat.of();

  private Text() {}

  /// Quoted text if the bytes are printable UTF-8, hexadecimal digits if not. Either can be turned back into the bytes.
  static String of(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.codePoints().allMatch(Text::isPrintable) ? quoted(text) : hex(bytes);
    } catch (CharacterCodingException _) {
      return hex(bytes);
    }
  }

  private static String hex(byte[] bytes) {
    return "0x" + HEX.formatHex(bytes);
  }

  /// Line ends and tabs count: they are escaped. What a terminal obeys, or shows as nothing, does not.
  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL -> codePoint == '\n' || codePoint == '\r' || codePoint == '\t';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /// A range of keys. The successor of a key as upper bound, which ends with a zero, reads better as that key included.
  static String of(KeyRange range) {
    byte[] upper = range.upper();
    String from = "from " + of(range.lower());
    if (upper == null) {
      return from + " to the end";
    }
    int last = upper.length - 1;
    return last >= 0 && upper[last] == 0
        ? from + " through " + of(Arrays.copyOf(upper, last))
        : from + " up to " + of(upper);
  }

  /// A random number that identifies something.
  static String id(long id) {
    return HEX.toHexDigits(id);
  }

  /// A number with its noun.
  static String count(long count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  /// When an entry expires, if it does.
  static String expiry(long millis) {
    return millis == ExpiryTime.NEVER ? "" : ", expires " + Instant.ofEpochMilli(millis);
  }

  /// How many entries expire, and when, if any do.
  static String expiries(ExpirySummary summary) {
    return summary.entries() == 0
        ? ""
        : ", %d expiring from %s to %s"
            .formatted(
                summary.entries(),
                Instant.ofEpochMilli(summary.leastMillis()),
                Instant.ofEpochMilli(summary.greatestMillis()));
  }

  /// The features of a file, if it has any.
  static String features(int bits) {
    return bits == 0 ? "" : ", features " + Integer.toBinaryString(bits);
  }

  static String bytes(long count) {
    return count(count, "byte", "bytes");
  }
}
