package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.WriteBatch;
import java.io.OutputStream;
import org.springframework.stereotype.Service;

/// Streams, counts and deletes ranges of entries.
@Service
class RangeService {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  RangeService(Database database) {
    this.database = database;
  }

  /// Writes entries, one a line, with no more than one of them in memory.
  ///
  /// @param keyspace where
  /// @param request which entries, and how
  /// @param snapshot what they are read at
  /// @param target takes the lines; stays open
  void stream(Keyspace keyspace, PageRequest request, Snapshot snapshot, OutputStream target) {
    try (Scan scan = keyspace.scan(request.keys().toRange(request.reverse()), snapshot)) {
      EntryLines.write(scan, request, target);
    }
  }

  /// Counts entries.
  ///
  /// @param keyspace where
  /// @param keys which keys
  /// @param snapshot what they are counted at
  /// @return the exact number
  long count(Keyspace keyspace, KeySpan keys, Snapshot snapshot) {
    long count = 0;
    try (Scan scan = keyspace.scan(keys.toRange(false), snapshot)) {
      while (scan.next()) {
        count++;
      }
    }
    return count;
  }

  /// Removes all entries of a range in one commit, whose cost does not depend on their number.
  ///
  /// @param keyspace where
  /// @param keys which keys
  /// @param durability what the commit must survive
  /// @return version of the commit
  long delete(Keyspace keyspace, KeySpan keys, Durability durability) {
    return database.write(new WriteBatch().deleteRange(keyspace, keys.toRange(false)), durability);
  }
}
