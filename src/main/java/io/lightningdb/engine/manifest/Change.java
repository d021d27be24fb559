package io.lightningdb.engine.manifest;

import java.util.Arrays;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// One item of a [VersionEdit].
public sealed interface Change {

  /// A keyspace is added, or has other options.
  ///
  /// @param id its id
  /// @param name its name
  /// @param options names and values
  record KeyspaceSet(int id, String name, SortedMap<String, String> options) implements Change {}

  /// A keyspace and all its runs are gone.
  ///
  /// @param id its id
  record KeyspaceDropped(int id) implements Change {}

  /// A run is added.
  ///
  /// @param keyspaceId whose it is
  /// @param run the run
  record RunAdded(int keyspaceId, RunRecord run) implements Change {}

  /// A run is gone.
  ///
  /// @param keyspaceId whose it was
  /// @param fileId id of its file
  record RunRemoved(int keyspaceId, long fileId) implements Change {}

  /// The commits of a keyspace up to a version are in runs.
  ///
  /// @param keyspaceId the keyspace
  /// @param version the version
  record Flushed(int keyspaceId, long version) implements Change {}

  /// Where the log starts.
  ///
  /// @param sequence first segment that is needed
  /// @param version commits up to it are in runs, whatever their keyspace
  record LogStart(long sequence, long version) implements Change {}

  /// Numbers that were never used.
  ///
  /// @param fileId greater than every file id
  /// @param keyspaceId greater than every keyspace id
  /// @param row greater than every row
  record NextIds(long fileId, int keyspaceId, long row) implements Change {}

  /// From which version on everything in a keyspace can still be read.
  ///
  /// @param keyspaceId the keyspace
  /// @param version moments before it may miss entries; if it is lower than before it means nothing
  record HistoryFloor(int keyspaceId, long version) implements Change {}

  /// The greatest moment seen.
  ///
  /// @param millis milliseconds since 1970; it counts as [io.lightningdb.engine.io.SteadyClock#next] says: if it is
  ///     higher than the one before, or so much lower that the clock was set back
  record Moment(long millis) implements Change {}

  /// A property of the database as a whole.
  ///
  /// @param name its name, 1 to 1024 bytes in UTF-8
  /// @param value its value; empty if the database does not have it any more
  record Property(String name, String value) implements Change {}

  /// An item that a later engine wrote and that this one may do without knowing: kept, and passed on as it is.
  ///
  /// @param tag 128 to 255
  /// @param body its bytes, which nothing changes
  record Unread(int tag, byte[] body) implements Change {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Unread(int otherTag, byte[] otherBody)
          && tag == otherTag
          && Arrays.equals(body, otherBody);
    }

    @Override
    public int hashCode() {
      return 31 * tag + Arrays.hashCode(body);
    }
  }

  /// The database was closed cleanly: there is no log.
  record Closed() implements Change {}
}
