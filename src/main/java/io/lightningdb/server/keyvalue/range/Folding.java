package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.web.Query;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Shows keys as a tree, as stores of objects do: those that have a delimiter behind the prefix of the list are folded into what they begin with,
/// up to the delimiter. Immutable.
///
/// @param prefixBytes length of the prefix that all keys of the list begin with
/// @param delimiter one byte or more
@SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
record Folding(int prefixBytes, byte[] delimiter) {
  /// Name of the query parameter.
  static final String DELIMITER = "delimiter";

  /// Reads what is asked for.
  ///
  /// @param query what was asked
  /// @return null if nothing is to be folded
  /// @throws io.lightningdb.server.problem.ProblemException if the delimiter is empty or no part of a key
  static @Nullable Folding of(Query query) {
    if (!query.has(DELIMITER)) {
      return null;
    }
    byte[] delimiter = KeyParameters.bound(query, DELIMITER);
    if (delimiter.length == 0) {
      throw Query.invalid(DELIMITER, "must not be empty");
    }
    return new Folding(KeyParameters.bound(query, KeySpan.PREFIX).length, delimiter);
  }

  /// What a key is folded into.
  ///
  /// @param key a key of the list
  /// @return the key up to the first delimiter behind the prefix, which is there; null if there is none
  byte @Nullable [] of(byte[] key) {
    for (int at = prefixBytes; at <= key.length - delimiter.length; at++) {
      int end = at + delimiter.length;
      if (Arrays.equals(key, at, end, delimiter, 0, delimiter.length)) {
        return Arrays.copyOf(key, end);
      }
    }
    return null;
  }

  /// What is left of a span behind a key or what keys were folded into.
  ///
  /// @param span keys of the list
  /// @param position a key that is not folded, or what others were folded into
  /// @param reverse true if the list is walked from its last key to its first
  /// @return null if nothing is left
  @Nullable KeySpan behind(KeySpan span, byte[] position, boolean reverse) {
    // A key that ends with the delimiter is folded, too, so no other key looks like this.
    return reverse || of(position) == null
        ? span.behind(position, reverse)
        : span.behindAll(position);
  }
}
