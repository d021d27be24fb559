package io.lightningdb.server.keyspace;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A page of the list of keyspaces as JSON.
///
/// @param keyspaces ordered by name
/// @param cursor where the next page begins; absent on the last page
@JsonInclude(JsonInclude.Include.NON_NULL)
record KeyspacePage(List<KeyspaceDocument> keyspaces, @Nullable String cursor) {}
