package io.lightningdb.server.web;

import io.lightningdb.engine.EngineException;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The query of a request, read strictly: every parameter at most once, unless it is a list, and every value must be
/// one that is allowed. Immutable.
public final class Query {
  /// Parameters that are lists of words, which clients write as one parameter with commas or as one for each word.
  private static final Set<String> LISTS = Set.of("fields");

  private static final Query EMPTY = new Query(Map.of());

  private final Map<String, String> encoded;

  private Query(Map<String, String> encoded) {
    this.encoded = encoded;
  }

  /// Reads the query of a request.
  ///
  /// @param request what was asked
  /// @return its query; empty if it has none
  /// @throws ProblemException if a parameter is given twice or is not well encoded
  public static Query of(HttpServletRequest request) {
    return parse(request.getQueryString());
  }

  /// Reads a query.
  ///
  /// @param text what follows the question mark, or null
  /// @return the query
  /// @throws ProblemException if a parameter is given twice or is not well encoded
  static Query parse(@Nullable String text) {
    if (text == null) {
      return EMPTY;
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode("", equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        String before = parameters.put(name, value);
        if (before != null && LISTS.contains(name)) {
          parameters.put(name, before + "," + value);
        } else if (before != null) {
          throw invalid(name, "is given more than once");
        }
      }
    }
    return new Query(Collections.unmodifiableMap(parameters));
  }

  private static String decode(String name, String encoded) {
    return PercentDecoding.utf8(PercentDecoding.ofQuery(encoded))
        .orElseThrow(() -> invalid(name, "is not valid UTF-8"));
  }

  /// The parameters that were given.
  ///
  /// @return their names, in order
  public Set<String> names() {
    return encoded.keySet();
  }

  /// Tells whether a parameter was given.
  ///
  /// @param name its name
  /// @return true if it was, even without a value
  public boolean has(String name) {
    return encoded.containsKey(name);
  }

  /// A parameter as text.
  ///
  /// @param name its name
  /// @return its value, or nothing if it was not given
  /// @throws ProblemException if it is not valid UTF-8
  public Optional<String> text(String name) {
    return Optional.ofNullable(encoded.get(name)).map(value -> decode(name, value));
  }

  /// A parameter as bytes.
  ///
  /// @param name its name
  /// @return its value, or nothing if it was not given
  public Optional<byte[]> bytes(String name) {
    return Optional.ofNullable(encoded.get(name)).map(PercentDecoding::ofQuery);
  }

  /// A parameter that is `true` or `false`.
  ///
  /// @param name its name
  /// @return its value, or false if it was not given
  /// @throws ProblemException if it is something else
  public boolean flag(String name) {
    return switch (text(name).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw invalid(name, "must be true or false");
    };
  }

  /// A parameter that is a whole number.
  ///
  /// @param name its name
  /// @param otherwise its value if it was not given
  /// @param min least value allowed
  /// @param max greatest value allowed
  /// @return its value
  /// @throws ProblemException if it is something else
  public int whole(String name, int otherwise, int min, int max) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.get().matches("-?[0-9]{1,18}")) {
      throw invalid(name, "must be a whole number from " + min + " to " + max);
    }
    long value = Long.parseLong(text.get());
    if (value < min || value > max) {
      Problem problem = problem(name, "must be a whole number from " + min + " to " + max);
      throw problem.withLimit(value < min ? min : max, value).asException();
    }
    return (int) value;
  }

  /// A parameter that is a version.
  ///
  /// @param name its name
  /// @return its value, or nothing if it was not given
  /// @throws ProblemException if it is something else
  public OptionalLong version(String name) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!text.get().matches("[0-9]{1,18}")) {
      throw invalid(name, "must be a version: a whole number of at most 18 digits");
    }
    return OptionalLong.of(Long.parseLong(text.get()));
  }

  /// A parameter that is one of a few words.
  ///
  /// @param <E> one constant for each word, the word in upper case
  /// @param name its name
  /// @param type the enum
  /// @param otherwise its value if it was not given
  /// @return its value
  /// @throws ProblemException if it is something else
  public <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    return Words.find(type, text.get())
        .orElseThrow(() -> invalid(name, "must be " + Words.list(type)));
  }

  /// A parameter that is a list of words with commas between them.
  ///
  /// @param <E> one constant for each word
  /// @param name its name
  /// @param type the enum
  /// @return its values, or nothing if it was not given
  /// @throws ProblemException if a word is something else
  public <E extends Enum<E>> Optional<Set<E>> choices(String name, Class<E> type) {
    return text(name)
        .map(text ->
            Arrays.stream(text.split(",", -1))
                .map(word ->
                    Words.find(type, word.strip())
                        .orElseThrow(() -> invalid(name, "must be a list of " + Words.list(type))))
                .collect(Collectors.toUnmodifiableSet()));
  }

  /// Says that a parameter is not as it should be.
  ///
  /// @param name name of the query parameter or header
  /// @param what what is wrong with it or what it must be, as the rest of a sentence
  /// @return an exception to throw
  public static ProblemException invalid(String name, String what) {
    return problem(name, what).asException();
  }

  /// Says that a parameter is out of range.
  ///
  /// @param name name of the query parameter or header
  /// @param limit the limit that it breaks
  /// @return an exception to throw
  public static ProblemException outOfRange(String name, EngineException.LimitExceeded limit) {
    return problem(name, "is out of range: " + limit.getMessage())
        .withLimit(limit.limit(), limit.actual())
        .asException();
  }

  private static Problem problem(String name, String what) {
    String detail = String.format(Locale.ROOT, "The parameter %s %s.", name, what);
    return Problem.of(ProblemType.INVALID_PARAMETER, detail).with("parameter", name);
  }
}
