package io.lightningdb.server.backup;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    TimeGauge.builder(
            "lightning.backup.age",
            status,
            TimeUnit.SECONDS,
            each -> ageSeconds(each.state().newest()))
        .description("Age of the newest backup")
        .register(registry);
    TimeGauge.builder(
            "lightning.backup.verification.age",
            status,
            TimeUnit.SECONDS,
            each ->
                ageSeconds(
                    each.state()
                        .verification()
                        .filter(last -> last.isGood())
                        .map(last -> Instant.ofEpochMilli(last.millis()))))
        .description("Time since the last verification of a backup, if it found nothing wrong")
        .register(registry);
    Gauge.builder("lightning.backup.size", status, each -> each.state().newestBytes())
        .description("Bytes copied for the newest backup")
        .baseUnit("bytes")
        .register(registry);
    FunctionCounter.builder("lightning.backups.made", status, each -> each.state().made())
        .description("Backups made, those of the catalogue at the start included")
        .register(registry);
    FunctionCounter.builder("lightning.backup.failures", status, each -> each.state().failures())
        .description("Backups, deletions of backups and verifications that failed")
        .register(registry);
    bindArchive(registry);
  }

  private void bindArchive(MeterRegistry registry) {
    Gauge.builder("lightning.archive.version", archive, ArchiveService::version)
        .description("Newest version in the archive of the log; 0 without one")
        .register(registry);
    Gauge.builder("lightning.archive.behind", archive, ArchiveService::behind)
        .description("Commits that are not archived yet")
        .register(registry);
    Gauge.builder("lightning.archive.gaps", archive, ArchiveService::gaps)
        .description("Gaps in the archive of this life of the database")
        .register(registry);
    FunctionCounter.builder("lightning.archive.failures", archive, ArchiveService::failures)
        .description("Times that archiving the log failed")
        .register(registry);
  }

  private static double ageSeconds(Optional<Instant> at) {
    return at.map(moment -> Duration.between(moment, Instant.now()).toMillis() / 1000.0)
        .orElse(Double.NaN);
  }
}
