package io.lightningdb.server.operation;

import io.lightningdb.server.backup.BackupService;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.settings.LightningProperties;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/// Begins the operations that the settings ask for by the clock.
@Component
class BackupSchedule implements SchedulingConfigurer {
  private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);

  private final Operations operations;
  private final BackupService backups;
  private final LightningProperties.Backup settings;

  /// Called by Spring.
  ///
  /// @param operations runs them
  /// @param backups knows whether there is a place for backups
  /// @param settings says when
  BackupSchedule(Operations operations, BackupService backups, LightningProperties settings) {
    this.operations = operations;
    this.backups = backups;
    this.settings = settings.backup();
  }

  @Override
  public void configureTasks(ScheduledTaskRegistrar registrar) {
    add(registrar, settings.fullSchedule(), OperationKind.BACKUP, Map.of("type", "full"));
    add(
        registrar,
        settings.incrementalSchedule(),
        OperationKind.BACKUP,
        Map.of("type", "incremental"));
    add(registrar, settings.restoreCheckSchedule(), OperationKind.RESTORE_CHECK, Map.of());
  }

  private void add(
      ScheduledTaskRegistrar registrar,
      String cron,
      OperationKind kind,
      Map<String, String> parameters) {
    if (!cron.isBlank() && backups.isConfigured()) {
      registrar.addCronTask(() -> begin(new OperationRequest(kind, parameters)), cron);
    }
  }

  /// One that is still running makes up for the one that is due.
  private void begin(OperationRequest request) {
    try {
      operations.start(request);
    } catch (ProblemException e) {
      LOG.warn("A scheduled {} was left out: {}", request.kind(), e.problem().detail());
    }
  }
}
