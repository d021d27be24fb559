package io.lightningdb.server.backup;

import io.lightningdb.engine.backup.Verification;
import io.lightningdb.server.settings.LightningProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `backups`: whether the newest backup is young enough, the last verification found nothing, and the log is archived. Requests are served all
/// the same, so it is in no group.
@Component("backupsHealthIndicator")
class BackupsHealthIndicator implements HealthIndicator {
  private final BackupService backups;
  private final BackupStatus status;
  private final ArchiveService archive;
  private final Duration ageMax;

  /// Called by Spring.
  ///
  /// @param backups knows whether there is a place for backups
  /// @param status knows how they went
  /// @param archive archives the log
  /// @param settings says how old the newest may be
  BackupsHealthIndicator(
      BackupService backups,
      BackupStatus status,
      ArchiveService archive,
      LightningProperties settings) {
    this.backups = backups;
    this.status = status;
    this.archive = archive;
    this.ageMax = settings.backup().ageMax();
  }

  @Override
  public Health health() {
    if (!backups.isConfigured()) {
      return Health.unknown().withDetail("reason", "lightning.backup.directory is not set").build();
    }
    BackupStatus.State state = status.state();
    boolean good = isGood(state) && archive.failure().isEmpty();
    Health.Builder health = good ? Health.up() : Health.down();
    state.newest().ifPresent(newest -> health.withDetail("newest", newest.toString()));
    health.withDetail("failures", state.failures());
    state.verification().ifPresent(last -> describe(health, last));
    if (archive.isOn()) {
      describe(health, archive);
    }
    return health.build();
  }

  private static void describe(Health.Builder health, ArchiveService archive) {
    health
        .withDetail("archivedVersion", archive.version())
        .withDetail("archiveBehind", archive.behind())
        .withDetail("archiveGaps", archive.gaps());
    if (!archive.failure().isEmpty()) {
      health.withDetail("archiveFailure", archive.failure());
    }
  }

  private boolean isGood(BackupStatus.State state) {
    return isYoungEnough(state.newest())
        && state.verification().map(Verification::isGood).orElse(true);
  }

  private boolean isYoungEnough(Optional<Instant> newest) {
    return ageMax.isZero()
        || newest.map(at -> at.plus(ageMax).isAfter(Instant.now())).orElse(false);
  }

  private static void describe(Health.Builder health, Verification last) {
    health.withDetail("verified", Instant.ofEpochMilli(last.millis()).toString());
    if (!last.isGood()) {
      health.withDetail("fault", last.fault());
    }
  }
}
