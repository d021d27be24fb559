package io.lightningdb.server.backup;

import io.lightningdb.server.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Figures of backups. Ages are not a number until there is something to have an age.
@Component
class BackupMetrics implements MeterBinder {
  private final BackupStatus status;
  private final ArchiveService archive;

  /// Called by Spring.
  ///
  /// @param status knows how backups went
  /// @param archive archives the log
  BackupMetrics(BackupStatus status, ArchiveService archive) {
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
    Metric.ARCHIVE_VERSION.register(registry, archive, ArchiveService::version);
    Metric.ARCHIVE_BEHIND.register(registry, archive, ArchiveService::behind);
    Metric.ARCHIVE_GAPS.register(registry, archive, ArchiveService::gaps);
    Metric.ARCHIVE_FAILURES.register(registry, archive, ArchiveService::failures);
  }

  private static double ageSeconds(Optional<Instant> at) {
    return at.map(moment -> Duration.between(moment, Instant.now()).toMillis() / 1000.0)
        .orElse(Double.NaN);
  }
}
