package io.lightningdb.engine;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupJob;
import io.lightningdb.engine.backup.BackupRequest;
import io.lightningdb.engine.backup.BackupSource;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.PinnedRuns;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;

/// What backups take from a running engine, one at a time. *Thread-safe.*
final class Backups implements BackupSource, AutoCloseable {
  private static final int RANDOM_PURPOSE = 3;

  private final Core core;
  private final KeyspaceCatalog keyspaces;
  private final ReentrantLock running = new ReentrantLock();

  // Guarded by itself.
  private final SplittableRandom random;
  private volatile boolean closing;

  /// Connects to an engine.
  ///
  /// @param keyspaces held still while a moment is taken
  Backups(Core core, KeyspaceCatalog keyspaces) {
    this.core = core;
    this.keyspaces = keyspaces;
    this.random = new SplittableRandom(core.environment().seed() + RANDOM_PURPOSE);
  }

  /// Makes a backup on the thread of the caller.
  ///
  /// @throws EngineException.Corruption if a file of the database is damaged; then there is no backup
  /// @throws EngineException.BackupFailed if it was cancelled or refused, or the target failed; then there is no backup
  BackupEntry make(BackupTarget target, BackupRequest request) {
    core.availability().throwIfClosed();
    BackupJob job = new BackupJob(this, target, request);
    try {
      return run(job);
    } catch (CorruptionException | StoreClosedException e) {
      throw core.failures().ofRead(e, Finder.BACKUP);
    } catch (IOException e) {
      throw new EngineException.BackupFailed(job.id(), e);
    }
  }

  private BackupEntry run(BackupJob job) throws IOException {
    if (!running.tryLock()) {
      throw new BackupException(
          BackupException.Kind.BUSY, "another backup of this database is being made; wait for it");
    }
    try {
      if (closing) {
        throw new StoreClosedException();
      }
      return job.run();
    } finally {
      running.unlock();
    }
  }

  /// Stops the backup that is being made, if any, and waits for its end.
  @Override
  public void close() {
    closing = true;
    core.room().changed();
    running.lock();
    try {
      // A later caller finds it closing.
      return;
    } finally {
      running.unlock();
    }
  }

  @Override
  public Storage storage() {
    return core.environment().storage();
  }

  @Override
  public Clock clock() {
    return core.environment().clock();
  }

  @Override
  public int random() {
    synchronized (random) {
      return random.nextInt();
    }
  }

  @Override
  public void pause(long nanos) {
    core.room().await(() -> closing, nanos);
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  /// The log first, so that no segment goes that the manifest still names. Then nothing may change in the manifest, nor
  /// the views behind it, until the runs are pinned; the version is read last, so that it covers whatever these hold.
  @Override
  public Moment moment() throws IOException {
    Taken taken = new Taken();
    boolean done = false;
    try {
      taken.take();
      core.log().awaitDurable(taken.version());
      done = true;
      return taken;
    } finally {
      if (!done) {
        taken.close();
      }
    }
  }

  /// A moment of this engine.
  private final class Taken implements Moment {
    private final List<PinnedRuns> pinned = new ArrayList<>();
    private Version state;
    private long version;
    private long millis;
    private boolean reading;

    Taken() {
      core.log().beginReading();
      reading = true;
      state = core.manifest().current();
    }

    void take() throws IOException {
      keyspaces.lock().lock();
      try (Manifest.Hold _ = core.manifest().hold()) {
        // What had expired by now stays so in what is restored, though the state may be older.
        millis = core.clock().millis();
        state = core.manifest().current().withMoment(millis);
        for (KeyspaceStore store : keyspaces.stores()) {
          pinned.add(store.pinRuns());
        }
        version = core.visible().get();
      } finally {
        keyspaces.lock().unlock();
      }
    }

    @Override
    public Version state() {
      return state;
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public long millis() {
      return millis;
    }

    @Override
    public void readLog(LogScan.CommitConsumer consumer) throws IOException {
      try {
        LogCheck.scan(
            core.environment().storage(),
            state,
            (commit, body, bodyBytes) -> {
              if (commit > state.logStart().version()) {
                consumer.accept(commit, body, bodyBytes);
              }
              if (commit == version) {
                throw new ReachedException();
              }
            });
        throw new IOException("the log ends before commit " + version + ", which is durable");
      } catch (ReachedException _) {
        endReading();
      }
    }

    private void endReading() {
      if (reading) {
        reading = false;
        core.log().endReading();
      }
    }

    @Override
    public void close() {
      endReading();
      pinned.forEach(PinnedRuns::close);
    }
  }

  /// Everything asked for was read.
  private static final class ReachedException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
