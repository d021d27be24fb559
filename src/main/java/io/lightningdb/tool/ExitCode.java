package io.lightningdb.tool;

import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FormatTooNewException;
import io.lightningdb.engine.io.DirectoryLockedException;
import io.lightningdb.engine.repair.LossNotAcceptedException;
import io.lightningdb.target.ObjectStoreException;
import io.lightningdb.target.ObjectStoreException.Reason;
import picocli.CommandLine;

/// What the exit code of a command says. Scripts rely on the numbers: never change one.
final class ExitCode {
  private ExitCode() {}

  /// All is well.
  static final int OK = CommandLine.ExitCode.OK;

  /// The server could not start, or a command failed in a way that was not foreseen.
  static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  /// The command line makes no sense.
  static final int USAGE = CommandLine.ExitCode.USAGE;

  /// Something on disk is damaged.
  static final int DAMAGED = 10;

  /// Another process has the directory open.
  static final int IN_USE = 11;

  /// There is no database, or no file of one.
  static final int NOT_A_DATABASE = 12;

  /// A newer version of the format.
  static final int FORMAT_TOO_NEW = 13;

  /// A file cannot be read: rights, a failing disk.
  static final int UNREADABLE = 14;

  /// A directory to restore into is not empty.
  static final int NOT_EMPTY = 15;

  /// The moment to restore cannot be reached with the backups that there are.
  static final int NOT_REACHABLE = 16;

  /// The code of a loss that was to be accepted is that of another.
  static final int LOSS_NOT_ACCEPTED = 17;

  /// The code for a failure that ended a command.
  static int of(Exception failure) {
    return switch (failure) {
      case NotADatabaseException _ -> NOT_A_DATABASE;
      case LossNotAcceptedException _ -> LOSS_NOT_ACCEPTED;
      case BackupException backup -> of(backup.kind());
      case ObjectStoreException store when store.reason() == Reason.NO_BUCKET -> NOT_A_DATABASE;
      case EngineException.DirectoryInUse _, DirectoryLockedException _ -> IN_USE;
      case EngineException.FormatTooNew _, FormatTooNewException _ -> FORMAT_TOO_NEW;
      case EngineException.Corruption _, CorruptionException _ -> DAMAGED;
      case EngineException.StorageFailed _, java.io.IOException _ -> UNREADABLE;
      default -> FAILED;
    };
  }

  private static int of(BackupException.Kind kind) {
    return switch (kind) {
      case DAMAGED -> DAMAGED;
      case NOT_FOUND -> NOT_A_DATABASE;
      case NOT_EMPTY -> NOT_EMPTY;
      case NOT_REACHABLE -> NOT_REACHABLE;
      case FAILED -> UNREADABLE;
      case BUSY, CANCELLED, NEEDED_BY_OTHERS, OTHER_DATABASE -> FAILED;
    };
  }
}
