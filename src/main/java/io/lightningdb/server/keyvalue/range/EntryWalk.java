package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.server.keyvalue.EntryField;
import java.util.Set;

/// A list of entries that is being walked.
///
/// @param keyspace where
/// @param keys which keys
/// @param reverse true if it is walked from the last key to the first
/// @param fields which parts of entries are answered
/// @param snapshot what all pages are read at
record EntryWalk(
    Keyspace keyspace, KeySpan keys, boolean reverse, Set<EntryField> fields, Snapshot snapshot)
    implements Walk {
  // The walk, its keys and its fields.
  private static final long BYTES = 32 + 24 + 48;

  @Override
  public long bytes() {
    byte[] end = keys.end();
    return BYTES
        + HeapBytes.ofArray(keys.start().length)
        + (end == null ? 0 : HeapBytes.ofArray(end.length));
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
