package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.Operation;
import org.jspecify.annotations.Nullable;

/// What a point read makes of the entry that it finds. *Thread-safe.*
///
/// Each source makes it right where it finds the entry, so that nothing has to carry the parts of an entry from there
/// to the caller.
///
/// @param <T> what is made
public interface Projection<T> {
  /// Makes the result.
  ///
  /// @param value a new array, or an empty one if the projection has no use for values
  /// @param version of the commit that wrote the entry
  /// @param expiryMillis when it expires; [ExpiryTime#NEVER] if it does not
  /// @return the result
  T of(byte[] value, long version, long expiryMillis);

  /// What stands for an entry that was found, and is not there: a deletion, or one that has expired.
  ///
  /// @return always the same object, which [#of] never returns
  T absent();

  /// Tells absence as readers know it.
  ///
  /// @param found a result, [#absent], or null
  /// @return the result, or null
  @SuppressWarnings("ReferenceEquality") // That very object, and none that is like it.
  default @Nullable T orNull(@Nullable T found) {
    return found == absent() ? null : found;
  }

  /// Tells whether the value is worth copying.
  ///
  /// @param valueBytes its size
  /// @return false if [#of] does not look at it
  default boolean needsValue(int valueBytes) {
    return true;
  }

  /// Tells whether an entry that was found is there for the reader.
  ///
  /// @param kind of the entry
  /// @param version of the entry
  /// @param expiryMillis when it expires
  /// @param covered version of the newest range deletion that the reader sees over the key, or 0
  /// @param moment of the read
  /// @return false for a deletion, and for what was deleted by range or has expired
  default boolean isThere(
      int kind, long version, long expiryMillis, long covered, ReadMoment moment) {
    return kind == Operation.PUT
        && version >= covered
        && (expiryMillis == ExpiryTime.NEVER || expiryMillis > moment.instantMillis());
  }
}
