package io.lightningdb.server.backup;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.backup.BackupTarget;
import io.lightningdb.engine.backup.LogArchiver;
import io.lightningdb.server.failure.UncaughtFailures;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.target.PacedTarget;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Archives the log again and again, on a thread of its own. *Thread-safe.*
@Component
public final class ArchiveService {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveService.class);
  private static final long STOP_SECONDS_MAX = 10;

  private final Database database;
  private final BackupStatus status;
  private final Optional<LogArchiver> archiver;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("log-archive").daemon().factory());
  private final Optional<ScheduledFuture<?>> work;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile State state = new State(0, "");

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param backups knows the place for backups
  /// @param status knows the newest backup
  /// @param settings says how often
  ArchiveService(
      Database database, BackupService backups, BackupStatus status, LightningProperties settings) {
    this.database = database;
    this.status = status;
    this.archiver =
        settings.backup().isArchived()
            ? backups
                .place()
                .map(place -> paced(place, settings.backup().archiveBytesPerSecondMax().toBytes()))
                .map(database::archiveTo)
            : Optional.empty();
    long millis = settings.backup().archiveInterval().toMillis();
    this.work =
        archiver.map(each ->
            thread.scheduleWithFixedDelay(() -> archive(each), 0, millis, TimeUnit.MILLISECONDS));
  }

  private BackupTarget paced(BackupTarget place, long bytesPerSecondMax) {
    return new PacedTarget(place, bytesPerSecondMax, System::nanoTime, this::pause);
  }

  private void pause(long nanos) throws InterruptedIOException {
    try {
      if (stopping.await(nanos, TimeUnit.NANOSECONDS)) {
        // What is left is archived at once.
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the log was archived");
    }
  }

  /// How the archive goes. Immutable.
  ///
  /// @param failures how often it failed since the start of the service
  /// @param failure why it failed last; empty if it did not the last time
  private record State(long failures, String failure) {}

  private void archive(LogArchiver log) {
    long gaps = log.gaps();
    try {
      log.run();
      state = new State(state.failures(), "");
      if (log.gaps() > gaps) {
        LOG.error(
            "The archive has a gap: commits left the log before they could be archived; make a full backup");
      }
    } catch (IOException | RuntimeException | Error e) {
      // What is thrown from here would end the archive for good, and in silence.
      UncaughtFailures.endIfOutOfMemory(e);
      if (state.failure().isEmpty()) {
        LOG.warn("The log cannot be archived; it is tried again and again", e);
      }
      state = new State(state.failures() + 1, FailureCause.of(e));
    }
  }

  /// Tells whether the log is archived.
  ///
  /// @return true if the settings say so
  public boolean isOn() {
    return archiver.isPresent();
  }

  /// The newest version in the archive.
  ///
  /// @return a version; 0 if nothing is archived
  public long version() {
    return archiver.map(LogArchiver::lastVersion).orElse(0L);
  }

  /// How many commits are not archived yet.
  ///
  /// @return a count; 0 if the log is not archived
  public long behind() {
    return isOn() ? Math.max(0, database.visibleVersion() - version()) : 0;
  }

  /// Number of gaps in the archive.
  ///
  /// @return a count
  public long gaps() {
    return archiver.map(LogArchiver::gaps).orElse(0L);
  }

  /// Tells whether there is a gap in the archive that no backup made after it covers.
  ///
  /// @return false also if the log is not archived
  public boolean isGapOpen() {
    long hidden = archiver.map(LogArchiver::gapVersion).orElse(0L);
    return hidden > status.state().newestVersion();
  }

  /// How often archiving failed since the start of the service.
  ///
  /// @return a count
  public long failures() {
    return state.failures();
  }

  /// Why archiving failed the last time.
  ///
  /// @return empty if it did not
  public String failure() {
    return state.failure();
  }

  /// Called by Spring when the service stops, before the database is closed, which archives the rest.
  ///
  /// @throws InterruptedException if the thread is interrupted meanwhile
  @PreDestroy
  void stop() throws InterruptedException {
    stopping.countDown();
    work.ifPresent(each -> each.cancel(false));
    thread.shutdown();
    if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
      LOG.warn("The log is still being archived while the service stops");
    }
  }
}
