package io.lightningdb.engine.repair;

import io.lightningdb.engine.backup.BackupTarget;
import java.util.Optional;

/// How to repair. Immutable.
///
/// @param mode whether to change anything
/// @param backups where backups of the database are, if there are any
/// @param acceptedLoss code of the losses that are accepted, as an earlier report has given it; empty to lose nothing
/// @param olderState what becomes of the older state of lost keys
public record RepairRequest(
    Mode mode,
    Optional<BackupTarget> backups,
    Optional<String> acceptedLoss,
    OlderState olderState) {

  /// Whether to change anything.
  public enum Mode {
    /// Only tell what is damaged and what would help.
    LOOK,
    /// Repair what can be repaired.
    REPAIR
  }
}
