package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.server.keyvalue.EntryField;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A list of entries that is being walked.
///
/// @param keyspace where
/// @param keys which keys
/// @param reverse true if it is walked from the last key to the first
/// @param fields which parts of entries are answered
/// @param snapshot what all pages are read at
/// @param folding how keys are folded, or null if they are not
/// @param first what its first page was asked for
record EntryWalk(
    Keyspace keyspace,
    KeySpan keys,
    boolean reverse,
    Set<EntryField> fields,
    Snapshot snapshot,
    @Nullable Folding folding,
    FirstPage first)
    implements Walk {
  // The walk, its keys, its fields and what was asked for.
  private static final long BYTES = 48 + 24 + 48 + 72;
  private static final long FOLDING_BYTES = 24;

  @Override
  public long bytes() {
    byte[] end = keys.end();
    return BYTES
        + HeapBytes.ofArray(keys.start().length)
        + (end == null ? 0 : HeapBytes.ofArray(end.length))
        + (folding == null ? 0 : FOLDING_BYTES + HeapBytes.ofArray(folding.delimiter().length));
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
