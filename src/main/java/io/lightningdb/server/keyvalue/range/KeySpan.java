package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Range;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.web.Query;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys that a request asks for, `start <= key < end`. Immutable.
///
/// @param start first key that may be in it; empty for no bound
/// @param end first key behind it, or null for no bound
@SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
public record KeySpan(byte[] start, byte @Nullable [] end) {

  /// Names of the query parameters that it is made of.
  public static final String PREFIX = "prefix";

  /// See [#PREFIX].
  public static final String START = "start";

  /// See [#PREFIX].
  public static final String END = "end";

  /// Reads the keys asked for: those with the prefix that are not before `start` and before `end`.
  ///
  /// @param query what was asked
  /// @return all keys if nothing was
  public static KeySpan of(Query query) {
    byte[] prefix = KeyParameters.bound(query, PREFIX);
    byte[] start = KeyParameters.bound(query, START);
    byte[] end = KeyParameters.bound(query, END);
    byte[] first = Arrays.compareUnsigned(prefix, start) > 0 ? prefix : start;
    return new KeySpan(first, earlier(behindPrefix(prefix), end.length == 0 ? null : end));
  }

  /// What is left of it behind all keys that begin alike.
  ///
  /// @param prefix what they begin with
  /// @return null if nothing is left
  @Nullable KeySpan behindAll(byte[] prefix) {
    byte[] behind = behindPrefix(prefix);
    if (behind == null || (end != null && Arrays.compareUnsigned(behind, end) >= 0)) {
      return null;
    }
    return new KeySpan(behind, end);
  }

  private static byte @Nullable [] earlier(byte @Nullable [] a, byte @Nullable [] b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Arrays.compareUnsigned(a, b) <= 0 ? a : b;
  }

  /// The least key that is greater than all keys with a prefix, or null if there is none.
  private static byte @Nullable [] behindPrefix(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xFF) {
        byte[] behind = Arrays.copyOf(prefix, i + 1);
        behind[i]++;
        return behind;
      }
    }
    return null;
  }

  /// Tells whether it has no bound at all.
  ///
  /// @return true for the whole keyspace
  public boolean isWhole() {
    return start.length == 0 && end == null;
  }

  /// What is left of it behind a key.
  ///
  /// @param key a key in it
  /// @param reverse true if it is walked from its last key to its first
  /// @return the keys still to come
  public KeySpan behind(byte[] key, boolean reverse) {
    return reverse ? new KeySpan(start, key) : new KeySpan(Arrays.copyOf(key, key.length + 1), end);
  }

  /// The engine's form of it.
  ///
  /// @param reverse true if it is walked from its last key to its first
  /// @return a range
  public Range toRange(boolean reverse) {
    Range range = Range.between(start, end);
    return reverse ? range.reversed() : range;
  }
}
