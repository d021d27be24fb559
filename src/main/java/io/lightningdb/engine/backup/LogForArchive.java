package io.lightningdb.engine.backup;

import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the log of an engine for its archive. *Thread-safe.* Asked by the engine; what it keeps is read by a
/// [LogArchiver].
public final class LogForArchive implements ArchiveSource {
  private static final int DROPS_MAX = 1000;

  private final Storage storage;
  private final Manifest manifest;
  private final LogWriter log;
  private final long bytesMax;

  // Guarded by this.
  private final List<Drop> drops = new ArrayList<>();
  private @Nullable LogArchiver archiver;

  /// Keeps all of the log if it is to be archived, until it is known what the archive has.
  ///
  /// @param storage the data directory
  /// @param manifest the durable state
  /// @param log what is kept
  /// @param bytesMax how large the log may become for that; 0 if it is not archived
  public LogForArchive(Storage storage, Manifest manifest, LogWriter log, long bytesMax) {
    this.storage = storage;
    this.manifest = manifest;
    this.log = log;
    this.bytesMax = bytesMax;
    if (bytesMax > 0) {
      log.keepAfter(0, bytesMax);
    }
  }

  /// Begins to archive.
  ///
  /// @param target where to
  /// @return to be run
  /// @throws IllegalStateException if the log is not kept for an archive, or is archived already
  public synchronized LogArchiver to(BackupTarget target) {
    if (bytesMax == 0 || archiver != null) {
      throw new IllegalStateException(
          bytesMax == 0
              ? "archivedLogBytesMax=0: the log is not kept for an archive"
              : "the log is archived already");
    }
    LogArchiver made = new LogArchiver(this, target);
    archiver = made;
    return made;
  }

  private synchronized @Nullable LogArchiver archiver() {
    return archiver;
  }

  /// Archives the rest: nothing is committed any more, and all is on stable storage.
  ///
  /// @return whether no archive needs the log any more
  public boolean finish() {
    LogArchiver last = archiver();
    if (last == null) {
      return bytesMax == 0;
    }
    try {
      last.run();
      return true;
    } catch (IOException _) {
      // Told by the archiver to its caller; here it only means that the log is kept.
      return false;
    }
  }

  /// Takes note of a keyspace that was dropped. More of them than are archived in time are not remembered.
  ///
  /// @param keyspace what it was
  /// @param version newest version at that moment
  public synchronized void dropped(KeyspaceDefinition keyspace, long version) {
    if (bytesMax > 0) {
      drops.add(new Drop(keyspace, version));
      if (drops.size() > DROPS_MAX) {
        drops.removeFirst();
      }
    }
  }

  @Override
  public Version state() {
    return manifest.current();
  }

  @Override
  public long durableVersion() {
    return log.durableVersion();
  }

  @Override
  public void readLog(long after, long upTo, LogScan.CommitConsumer consumer) throws IOException {
    log.beginReading();
    try {
      Version state = manifest.current();
      LogScan.Start start =
          new LogScan.Start(
              state.databaseId(),
              log.firstSequenceAfter(after),
              Math.max(after, state.logStart().version()),
              false);
      LogScan.run(
          storage,
          start,
          (version, body, bodyBytes) -> {
            if (version > after && version <= upTo) {
              consumer.accept(version, body, bodyBytes);
            }
            if (version >= upTo) {
              throw new ReachedException();
            }
          });
    } catch (ReachedException _) {
      return;
    } finally {
      log.endReading();
    }
  }

  @Override
  public synchronized List<Drop> drops() {
    return List.copyOf(drops);
  }

  @Override
  public void archived(long version, int archivedDrops) {
    synchronized (this) {
      drops.subList(0, Math.min(archivedDrops, drops.size())).clear();
    }
    log.keepAfter(version, bytesMax);
  }

  /// Everything asked for was read.
  private static final class ReachedException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
