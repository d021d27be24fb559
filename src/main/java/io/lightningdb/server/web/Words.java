package io.lightningdb.server.web;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The words by which constants are known outside: `READ_OPTIMIZED` is `read-optimized`.
public final class Words {
  private Words() {}

  /// The word of a constant.
  ///
  /// @param constant any constant
  /// @return its name in kebab case
  public static String of(Enum<?> constant) {
    return constant instanceof Spelled spelled
        ? spelled.word()
        : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// A constant whose word is not its name in kebab case.
  public interface Spelled {

    /// The word.
    ///
    /// @return as it is written outside
    String word();
  }

  /// Finds a constant by its word.
  ///
  /// @param <E> the enum
  /// @param type the enum
  /// @param word as it is written outside
  /// @return the constant, or nothing if none has this word
  public static <E extends Enum<E>> Optional<E> find(Class<E> type, String word) {
    // Asked for each write, and a stream costs more than its few comparisons.
    for (E each : type.getEnumConstants()) {
      if (of(each).equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// All words of an enum.
  ///
  /// @param type the enum
  /// @return the words, in the order of the constants
  public static List<String> all(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Words::of).toList();
  }

  /// All words of an enum in one text.
  ///
  /// @param type the enum
  /// @return the words with commas between them
  public static String list(Class<? extends Enum<?>> type) {
    return String.join(", ", all(type));
  }
}
