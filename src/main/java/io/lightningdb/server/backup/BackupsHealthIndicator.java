package io.lightningdb.server.backup;

import io.lightningdb.engine.backup.Verification;
import io.lightningdb.server.settings.LightningProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// The part `backups`: whether there is a backup and the newest is young enough, nothing about them failed the last
/// time, the last verification found nothing, and the log is archived without a gap. Requests are served all the same,
/// so it is in no group.
@Component("backupsHealthIndicator")
class BackupsHealthIndicator implements HealthIndicator {
  private final BackupService backups;
  private final BackupStatus status;
  private final ArchiveService archive;
  private final Duration ageMax;
  private final boolean onVolumeOfData;

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
    this.onVolumeOfData = BackupService.isOnVolumeOfData(settings);
  }

  @Override
  public Health health() {
    if (!backups.isConfigured()) {
      return Health.unknown().withDetail("reason", "lightning.backup.directory is not set").build();
    }
    BackupStatus.State state = status.state();
    List<String> reasons = reasons(state);
    Health.Builder health = reasons.isEmpty() ? Health.up() : Health.down();
    if (!reasons.isEmpty()) {
      health.withDetail("reasons", reasons);
    }
    state.newest().ifPresent(newest -> health.withDetail("newest", newest.toString()));
    health.withDetail("failures", state.failures()).withDetail("onVolumeOfData", onVolumeOfData);
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

  /// What is wrong, each with its cause.
  private List<String> reasons(BackupStatus.State state) {
    List<String> reasons = new ArrayList<>();
    state
        .failed()
        .forEach((work, cause) -> reasons.add(text(work) + " failed the last time: " + cause));
    if (BackupMetrics.isMissing(backups, state)) {
      reasons.add("no backup was ever made");
    } else if (!isYoungEnough(state.newest())) {
      reasons.add("the newest backup is older than lightning.backup.age-max");
    }
    state
        .verification()
        .filter(last -> !last.isGood())
        .ifPresent(
            last -> reasons.add("a backup is damaged: " + FailureCause.withoutPaths(last.fault())));
    if (!archive.failure().isEmpty()) {
      reasons.add("the log cannot be archived: " + archive.failure());
    }
    if (archive.isGapOpen()) {
      reasons.add("the archive of the log has a gap, and no backup was made since");
    }
    return reasons;
  }

  private static String text(BackupStatus.Work work) {
    return switch (work) {
      case BACKUP -> "a backup";
      case RESTORE_CHECK -> "a restore-check";
      case RETENTION -> "the deletion of old backups";
      case CATALOGUE -> "reading the list of backups";
    };
  }

  private boolean isYoungEnough(Optional<Instant> newest) {
    return ageMax.isZero()
        || newest.map(at -> at.plus(ageMax).isAfter(Instant.now())).orElse(false);
  }

  private static void describe(Health.Builder health, Verification last) {
    health.withDetail("verified", Instant.ofEpochMilli(last.millis()).toString());
    if (!last.isGood()) {
      health.withDetail("fault", FailureCause.withoutPaths(last.fault()));
    }
  }
}
