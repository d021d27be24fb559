package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.web.Query;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;

/// The place in a JSON document that holds its key. Immutable.
///
/// @param pointer a JSON pointer (RFC 6901) that is not empty
record KeyField(JsonPointer pointer) {

  /// Name of the query parameter.
  static final String PARAMETER = "keyField";

  /// Reads the parameter.
  ///
  /// @param query what was asked
  /// @return the place, or nothing if it was not given
  /// @throws io.lightningdb.server.problem.ProblemException if it is no pointer
  static Optional<KeyField> of(Query query) {
    return query.text(PARAMETER).map(KeyField::parse);
  }

  private static KeyField parse(String text) {
    if (!text.matches("(/([^~]|~[01])*)+")) {
      throw Query.invalid(PARAMETER, "must be a JSON pointer such as /package");
    }
    return new KeyField(JsonPointer.compile(text));
  }

  /// Finds the key of a document.
  ///
  /// @param document a valid JSON value
  /// @return the text at this place, or nothing if there is neither a string nor a whole number
  /// @throws io.lightningdb.server.problem.ProblemException if a name on the way there comes twice, so that there are
  ///     two places
  Optional<String> keyOf(byte[] document) {
    try (JsonParser parser = JsonText.parser(document)) {
      parser.nextToken();
      return find(parser, pointer);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the document was checked before", e);
    }
  }

  /// Walks a value to its end: only there is it certain that no name comes twice.
  private static Optional<String> find(JsonParser parser, JsonPointer rest) {
    JsonToken token = parser.currentToken();
    if (rest.matches()) {
      boolean isKey = token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT;
      Optional<String> key = isKey ? Optional.of(parser.getString()) : Optional.empty();
      JsonText.skipValue(parser);
      return key;
    }
    return switch (token) {
      case START_OBJECT -> ofMember(parser, rest);
      case START_ARRAY -> ofElement(parser, rest);
      default -> Optional.empty();
    };
  }

  private static Optional<String> ofMember(JsonParser parser, JsonPointer rest) {
    Optional<String> found = Optional.empty();
    boolean isThere = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (!name.equals(rest.getMatchingProperty())) {
        JsonText.skipValue(parser);
      } else if (isThere) {
        throw JsonText.twice(name);
      } else {
        isThere = true;
        found = find(parser, rest.tail());
      }
    }
    return found;
  }

  private static Optional<String> ofElement(JsonParser parser, JsonPointer rest) {
    Optional<String> found = Optional.empty();
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      if (i == rest.getMatchingIndex()) {
        found = find(parser, rest.tail());
      } else {
        JsonText.skipValue(parser);
      }
    }
    return found;
  }
}
