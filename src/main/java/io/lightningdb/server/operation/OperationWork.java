package io.lightningdb.server.operation;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.IntegrityReport;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.server.backup.BackupService;
import io.lightningdb.server.health.IntegrityChecks;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Does what operations are for, on the thread of the caller.
@Component
class OperationWork {
  private static final int FAULTS_SHOWN_MAX = 100;

  private final Database database;
  private final BackupService backups;
  private final IntegrityChecks checks;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param backups makes and checks backups
  /// @param checks checks the database
  OperationWork(Database database, BackupService backups, IntegrityChecks checks) {
    this.database = database;
    this.backups = backups;
    this.checks = checks;
  }

  /// Refuses what cannot be done at all, before it begins.
  void check(OperationRequest request) {
    switch (request.kind()) {
      case BACKUP, RESTORE_CHECK -> backups.throwIfNotConfigured();
      case COMPACTION, FLUSH -> request.parameter("keyspace").ifPresent(database::keyspace);
      case INTEGRITY_CHECK, CHECKPOINT -> {}
    }
  }

  /// Does it.
  ///
  /// @return what came of it, as members of JSON; null if it was cancelled
  /// @throws IOException if a disk or the place of backups fails
  @Nullable Map<String, Object> run(OperationRequest request, OperationControl control)
      throws IOException {
    return switch (request.kind()) {
      case BACKUP -> backup(request, control);
      case RESTORE_CHECK ->
          backups.restoreCheck(
              request.parameter("backup"), control::isCancelled, control::progress);
      case COMPACTION ->
          onKeyspaces(request, control, keyspace -> keyspace.compact(control::isCancelled));
      case FLUSH, CHECKPOINT -> onKeyspaces(request, control, Keyspace::flush);
      case INTEGRITY_CHECK ->
          checks
              .checkNow(control::isCancelled, control::progress)
              .map(OperationWork::result)
              .orElse(null);
    };
  }

  private Map<String, Object> backup(OperationRequest request, OperationControl control)
      throws IOException {
    BackupService.Type type =
        request.parameter("type").filter("incremental"::equals).isPresent()
            ? BackupService.Type.INCREMENTAL
            : BackupService.Type.FULL;
    return backups.backUp(
        type, request.parameter("resume"), control::isCancelled, control::progress);
  }

  /// One after the other, as long as it is wanted.
  private @Nullable Map<String, Object> onKeyspaces(
      OperationRequest request, OperationControl control, Consumer<Keyspace> work) {
    Optional<String> name = request.parameter("keyspace");
    List<Keyspace> keyspaces =
        name.isPresent() ? List.of(database.keyspace(name.get())) : database.keyspaces();
    int done = 0;
    for (Keyspace keyspace : keyspaces) {
      if (name.isPresent() || database.findKeyspace(keyspace.name()).isPresent()) {
        work.accept(keyspace);
      }
      if (control.isCancelled()) {
        return null;
      }
      control.progress(++done, keyspaces.size());
    }
    return Map.of("keyspaces", done, "version", database.visibleVersion());
  }

  private static Map<String, Object> result(IntegrityReport report) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("clean", report.isClean());
    result.put("filesChecked", report.filesChecked());
    result.put("bytesChecked", report.bytesChecked());
    result.put("entriesChecked", report.entriesChecked());
    result.put(
        "faults",
        report.faults().stream()
            .limit(FAULTS_SHOWN_MAX)
            .map(fault ->
                Map.of("file", fault.file(), "offset", fault.offset(), "reason", fault.reason()))
            .toList());
    return result;
  }
}
