package io.lightningdb.engine.backup;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;

/// An open database, as a backup sees it. *Thread-safe.*
public interface BackupSource {

  /// Where the files are.
  ///
  /// @return the data directory
  Storage storage();

  /// Time.
  ///
  /// @return the clock
  Clock clock();

  /// A number for the id of a backup.
  ///
  /// @return random
  int random();

  /// Takes hold of one moment.
  ///
  /// @return everything up to its version is on stable storage; to be closed by the caller
  /// @throws IOException if the log cannot be made durable
  Moment moment() throws IOException;

  /// Waits, so that files are not copied too fast. May return early.
  ///
  /// @param nanos how long, in nanoseconds
  void pause(long nanos);

  /// Tells whether the database is about to close.
  ///
  /// @return true to stop soon
  boolean isClosing();

  /// A moment of a database. *Confined to one thread.*
  interface Moment extends AutoCloseable {

    /// What the manifest says. The runs that it names stay until this is closed.
    ///
    /// @return the durable state
    Version state();

    /// The newest commit.
    ///
    /// @return its version, not less than that of any entry in the runs of the state
    long version();

    /// When it was taken.
    ///
    /// @return in milliseconds since 1970-01-01T00:00Z
    long millis();

    /// Reads the commits of the log that the runs may not have, up to the version. The log keeps its segments until
    /// this returns, and is not to be read again.
    ///
    /// @param consumer gets each
    /// @throws io.lightningdb.engine.format.CorruptionException if the log is damaged
    /// @throws IOException if the log cannot be read, or the consumer fails
    void readLog(LogScan.CommitConsumer consumer) throws IOException;

    /// Lets go.
    @Override
    void close();
  }
}
