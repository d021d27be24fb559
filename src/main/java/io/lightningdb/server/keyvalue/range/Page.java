package io.lightningdb.server.keyvalue.range;

import io.lightningdb.server.web.ChargedBuffer;
import java.util.Optional;

/// One page of a list.
///
/// @param json the whole answer in UTF-8
/// @param version version that it was read at
/// @param cursor where the next page begins, or nothing on the last page
public record Page(ChargedBuffer json, long version, Optional<String> cursor) {}
