package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
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

  @Override
  public void close() {
    snapshot.close();
  }
}
