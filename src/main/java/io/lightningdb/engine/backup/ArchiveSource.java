package io.lightningdb.engine.backup;

import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;
import java.util.List;

/// An open database whose log is archived. *Thread-safe.*
public interface ArchiveSource {

  /// What the manifest says now.
  ///
  /// @return the durable state
  Version state();

  /// The newest commit on stable storage: none that could still be lost is archived.
  ///
  /// @return its version
  long durableVersion();

  /// Reads commits of the log that lie behind a version, as far as the log still has them.
  ///
  /// @param after version before the first
  /// @param upTo version of the last; it is on stable storage
  /// @param consumer gets each
  /// @throws io.lightningdb.engine.format.CorruptionException if the log is damaged
  /// @throws IOException if the log cannot be read, or the consumer fails
  void readLog(long after, long upTo, LogScan.CommitConsumer consumer) throws IOException;

  /// The keyspaces dropped since the last call of [#archived].
  ///
  /// @return oldest first
  List<ArchiveSource.Drop> drops();

  /// Says that commits need not be kept for the archive any more.
  ///
  /// @param version the last of them
  /// @param drops how many of the [#drops] are in the archive
  void archived(long version, int drops);

  /// A keyspace that was dropped.
  ///
  /// @param keyspace the keyspace
  /// @param version newest version at that moment
  record Drop(KeyspaceDefinition keyspace, long version) {}
}
