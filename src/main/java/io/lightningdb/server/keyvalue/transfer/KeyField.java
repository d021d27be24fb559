package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.web.Query;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.JsonPointerBasedFilter;
import tools.jackson.core.filter.TokenFilter;

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
  Optional<String> keyOf(byte[] document) {
    JsonPointerBasedFilter filter = new JsonPointerBasedFilter(pointer);
    try (JsonParser parser =
        new FilteringParserDelegate(
            JsonText.parser(document), filter, TokenFilter.Inclusion.ONLY_INCLUDE_ALL, false)) {
      JsonToken token = parser.nextToken();
      return token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT
          ? Optional.of(parser.getString())
          : Optional.empty();
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the document was checked before", e);
    }
  }
}
