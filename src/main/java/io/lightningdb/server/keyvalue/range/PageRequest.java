package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.KeyEncoding;
import java.util.Set;

/// Which entries a page or stream shows, and how.
///
/// @param keys which keys
/// @param reverse true if they are walked from the last to the first
/// @param fields which parts of entries are answered
/// @param keyEncoding how keys are written
/// @param limit most entries
record PageRequest(
    KeySpan keys, boolean reverse, Set<EntryField> fields, KeyEncoding keyEncoding, int limit) {}
