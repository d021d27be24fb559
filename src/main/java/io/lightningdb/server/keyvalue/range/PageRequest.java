package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.KeyParameters;
import io.lightningdb.server.web.Query;
import java.util.Set;

/// Which entries a page or stream shows, and how.
///
/// @param keys which keys
/// @param reverse true if they are walked from the last to the first
/// @param fields which parts of entries are answered
/// @param keyEncoding how keys are written
/// @param limit most entries
public record PageRequest(
    KeySpan keys, boolean reverse, Set<EntryField> fields, KeyEncoding keyEncoding, int limit) {

  /// Names of the query parameters that it is made of, besides those of [KeySpan].
  public static final String CURSOR = "cursor";

  /// See [#CURSOR].
  public static final String LIMIT = "limit";

  /// See [#CURSOR].
  public static final String REVERSE = "reverse";

  /// See [#CURSOR].
  public static final String FIELDS = "fields";

  /// Reads what is asked for.
  ///
  /// @param query what was asked
  /// @param limit most entries
  /// @return the request
  public static PageRequest of(Query query, int limit) {
    return new PageRequest(
        KeySpan.of(query),
        query.flag(REVERSE),
        query.choices(FIELDS, EntryField.class).orElse(EntryField.ALL),
        KeyParameters.encoding(query),
        limit);
  }
}
