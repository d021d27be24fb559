package io.lightningdb.server.backup;

import io.lightningdb.server.metrics.Metric;
import io.lightningdb.server.web.Words;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Figures of backups. Ages are not a number until there is something to have an age.
@Component
class BackupMetrics implements MeterBinder {
  private final BackupService backups;
  private final BackupStatus status;
  private final ArchiveService archive;

  /// Called by Spring.
  ///
  /// @param backups knows whether there is a place for backups
  /// @param status knows how backups went
  /// @param archive archives the log
  BackupMetrics(BackupService backups, BackupStatus status, ArchiveService archive) {
    this.backups = backups;
    this.status = status;
    this.archive = archive;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Metric.BACKUP_AGE.register(registry, status, each -> ageSeconds(each.state().newest()));
    Metric.BACKUP_VERIFICATION_AGE.register(
        registry,
        status,
        each ->
            ageSeconds(
                each.state()
                    .verification()
                    .filter(last -> last.isGood())
                    .map(last -> Instant.ofEpochMilli(last.millis()))));
    Metric.BACKUP_SIZE.register(registry, status, each -> each.state().newestBytes());
    Metric.BACKUPS_MADE.register(registry, status, each -> each.state().made());
    Metric.BACKUP_FAILURES.register(registry, status, each -> each.state().failures());
    Metric.BACKUP_MISSING.register(
        registry, status, each -> isMissing(backups, each.state()) ? 1 : 0);
    for (BackupStatus.Work work : BackupStatus.Work.values()) {
      Metric.BACKUP_FAILED.register(
          registry, status, each -> each.state().hasFailed(work) ? 1 : 0, Words.of(work));
    }
    Metric.ARCHIVE_FAILED.register(registry, archive, each -> each.failure().isEmpty() ? 0 : 1);
    Metric.ARCHIVE_GAP_OPEN.register(registry, archive, each -> each.isGapOpen() ? 1 : 0);
    Metric.ARCHIVE_VERSION.register(registry, archive, ArchiveService::version);
    Metric.ARCHIVE_BEHIND.register(registry, archive, ArchiveService::behind);
    Metric.ARCHIVE_GAPS.register(registry, archive, ArchiveService::gaps);
    Metric.ARCHIVE_FAILURES.register(registry, archive, ArchiveService::failures);
  }

  /// Tells whether there is a place for backups, and none in it, as far as it could be read.
  static boolean isMissing(BackupService backups, BackupStatus.State state) {
    return backups.isConfigured()
        && state.newest().isEmpty()
        && !state.hasFailed(BackupStatus.Work.CATALOGUE);
  }

  private static double ageSeconds(Optional<Instant> at) {
    return at.map(moment -> Duration.between(moment, Instant.now()).toMillis() / 1000.0)
        .orElse(Double.NaN);
  }
}
