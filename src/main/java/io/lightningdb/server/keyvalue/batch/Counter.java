package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Expiry;
import io.lightningdb.server.keyvalue.StoredValue;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Counters as the service keeps them: 64-bit integers, stored as JSON numbers.
public final class Counter {
  private Counter() {}

  /// Counts on.
  ///
  /// @param entry the counter, or null if there is no entry
  /// @param increment what is added
  /// @return the new value
  /// @throws ProblemException if there is another kind of value, or the sum is out of range
  public static long after(@Nullable Entry entry, Operation.Increment increment) {
    return add(entry == null ? increment.initial() : of(entry.value()), increment);
  }

  /// When a counter expires that was counted on: as before, and a new one as the keyspace says.
  ///
  /// @param entry the counter, or null if there was no entry
  /// @return when it expires
  public static Expiry expiry(@Nullable Entry entry) {
    return entry == null ? Expiry.byDefault() : Expiry.atOrNever(entry.expiresAt());
  }

  /// Reads a counter.
  ///
  /// @param stored what the engine keeps
  /// @return its value
  /// @throws ProblemException if it is another kind of value
  static long of(byte[] stored) {
    StoredValue value = StoredValue.of(stored);
    String text = new String(value.bytes(), StandardCharsets.UTF_8).strip();
    if (!value.isJson() || !text.matches("-?[0-9]+")) {
      throw notAnInteger();
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw notAnInteger();
    }
  }

  /// Adds to a counter.
  ///
  /// @param value what it is added to
  /// @param increment what is added
  /// @return the sum
  /// @throws ProblemException if it is out of range
  static long add(long value, Operation.Increment increment) {
    try {
      return Math.addExact(value, increment.by());
    } catch (ArithmeticException _) {
      String detail =
          "The sum of %d and %d is not a 64-bit integer.".formatted(value, increment.by());
      throw Problem.of(ProblemType.COUNTER_OVERFLOW, detail).asException();
    }
  }

  /// The form that is stored.
  ///
  /// @param value any value
  /// @return what the engine keeps
  public static byte[] toStored(long value) {
    return toValue(value).toStored();
  }

  /// The value that clients see.
  ///
  /// @param value any value
  /// @return a JSON number
  static StoredValue toValue(long value) {
    byte[] json = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    return new StoredValue(StoredValue.JSON, json);
  }

  private static ProblemException notAnInteger() {
    return Problem.of(ProblemType.NOT_AN_INTEGER, "The value is not a 64-bit integer in JSON.")
        .asException();
  }
}
