package io.lightningdb.engine;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.backup.BackupJob;
import io.lightningdb.engine.backup.BackupSource;
import io.lightningdb.engine.commit.VisibleVersion;
import io.lightningdb.engine.integrity.LogCheck;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogScan;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.Version;
import io.lightningdb.engine.store.PinnedRuns;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What backups take from a running engine, one at a time. *Thread-safe.*
final class Backups implements BackupSource, AutoCloseable {
  private static final int RANDOM_PURPOSE = 3;

  private final Environment environment;
  private final Parts parts;
  private final ReentrantLock keyspacesLock;
  private final Supplier<List<Keyspace>> keyspaces;
  private final ReentrantLock running = new ReentrantLock();

  // Guarded by itself.
  private final SplittableRandom random;
  private volatile boolean closing;

  /// The parts that hold a moment.
  record Parts(Manifest manifest, LogWriter log, VisibleVersion visible, Room room) {}

  /// Connects to an engine.
  ///
  /// @param keyspacesLock held while keyspaces come and go
  Backups(
      Environment environment,
      Parts parts,
      ReentrantLock keyspacesLock,
      Supplier<List<Keyspace>> keyspaces) {
    this.environment = environment;
    this.parts = parts;
    this.keyspacesLock = keyspacesLock;
    this.keyspaces = keyspaces;
    this.random = new SplittableRandom(environment.seed() + RANDOM_PURPOSE);
  }

  BackupEntry run(BackupJob job) throws IOException {
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
    parts.room().changed();
    running.lock();
    try {
      // Whoever comes now finds it closing.
      return;
    } finally {
      running.unlock();
    }
  }

  @Override
  public Storage storage() {
    return environment.storage();
  }

  @Override
  public Clock clock() {
    return environment.clock();
  }

  @Override
  public int random() {
    synchronized (random) {
      return random.nextInt();
    }
  }

  @Override
  public void pause(long nanos) {
    parts.room().await(() -> closing, nanos);
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  /// The log first, so that no segment goes that the manifest still names. Then nothing may change in the manifest, nor the views
  /// behind it, until the runs are pinned; the version is read last, so that it covers whatever these hold.
  @Override
  public Moment moment() throws IOException {
    Taken taken = new Taken();
    boolean done = false;
    try {
      taken.take();
      parts.log().awaitDurable(taken.version());
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
      parts.log().beginReading();
      reading = true;
      state = parts.manifest().current();
    }

    void take() throws IOException {
      keyspacesLock.lock();
      try (Manifest.Hold _ = parts.manifest().hold()) {
        state = parts.manifest().current();
        for (Keyspace keyspace : keyspaces.get()) {
          pinned.add(keyspace.store().pinRuns());
        }
        version = parts.visible().get();
        millis = environment.clock().millis();
      } finally {
        keyspacesLock.unlock();
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
            environment.storage(),
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
        parts.log().endReading();
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
