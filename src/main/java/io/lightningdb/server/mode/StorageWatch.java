package io.lightningdb.server.mode;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.DiskStats;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.ShortageStats;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Writes into the log of the service what the disk and the system refuse, and when they do no longer: one line for each change.
@Component
class StorageWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);

  private final Database database;

  // Confined to the thread of the schedule.
  private boolean failed;
  private boolean reached;
  private boolean refused;

  /// Called by Spring.
  ///
  /// @param database the open database
  StorageWatch(Database database) {
    this.database = database;
  }

  /// Looks once a second.
  @Scheduled(fixedDelay = 1000)
  void look() {
    try {
      lookAtFailure(database.writeFailure());
      lookAtDisk(database.stats().disk());
      lookAtSystem(database.shortage());
    } catch (EngineException.Closed _) {
      // The service ends.
    }
  }

  private void lookAtFailure(Optional<IOException> failure) {
    if (failure.isPresent() && !failed) {
      LOG.error("Writes are refused, because one has failed: {}", failure.get().getMessage());
    } else if (failure.isEmpty() && failed) {
      LOG.info("Writes are taken again");
    }
    failed = failure.isPresent();
  }

  private void lookAtDisk(DiskStats disk) {
    if (disk.reserveReached() && !reached) {
      LOG.warn(
          "New data is refused: {} bytes of the disk are free and {} held, and new data is taken from {} on",
          disk.usableBytes(),
          disk.ballastBytes(),
          disk.resumeBytes());
    } else if (!disk.reserveReached() && reached) {
      LOG.info("New data is taken again: {} bytes of the disk are free", disk.usableBytes());
    }
    reached = disk.reserveReached();
  }

  private void lookAtSystem(Optional<ShortageStats> shortage) {
    if (shortage.isPresent() && !refused) {
      LOG.warn(
          "The system has no more {}: flushes, compactions and the log wait and are tried again: {}",
          shortage.get().resource().text(),
          shortage.get().cause());
    } else if (shortage.isEmpty() && refused) {
      LOG.info("The system refuses nothing any more that the engine takes");
    }
    refused = shortage.isPresent();
  }
}
