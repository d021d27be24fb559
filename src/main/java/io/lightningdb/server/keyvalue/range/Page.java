package io.lightningdb.server.keyvalue.range;

import java.util.Optional;

/// One page of a list.
///
/// @param json the whole answer in UTF-8
/// @param version version that it was read at
/// @param cursor where the next page begins, or nothing on the last page
@SuppressWarnings("ArrayRecordComponent") // A plain carrier: never compared, never a map key.
public record Page(byte[] json, long version, Optional<String> cursor) {}
