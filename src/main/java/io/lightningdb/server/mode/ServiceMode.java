package io.lightningdb.server.mode;

import io.lightningdb.engine.Database;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// The mode of the service. *Thread-safe.*
///
/// It begins as [Mode#READ_WRITE] at every start, since a restart is what operators do when they no longer know why writes are refused.
@Component
class ServiceMode {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceMode.class);

  private final Database database;
  private final ReentrantLock lock = new ReentrantLock();

  // Changed under `lock`, together with what the engine was told.
  private volatile State state = new State(Mode.READ_WRITE, "", Instant.now());

  /// Called by Spring.
  ///
  /// @param database the open database
  ServiceMode(Database database) {
    this.database = database;
  }

  /// A mode, and why.
  ///
  /// @param mode what the service does
  /// @param reason what clients are told that are refused; empty if nobody is
  /// @param since from when on
  record State(Mode mode, String reason, Instant since) {}

  /// The mode.
  ///
  /// @return as of now
  State state() {
    return state;
  }

  /// Sets the mode. Reads that are under way may still be done; a write is made when this returns, or it is refused.
  ///
  /// @param mode what the service is to do
  /// @param reason what clients are told that are refused
  /// @return the new state
  State set(Mode mode, String reason) {
    lock.lock();
    try {
      if (mode == Mode.READ_WRITE) {
        database.switchWritesOn();
      } else {
        database.switchWritesOff("the mode is " + Words.of(mode) + " (" + reason + ")");
      }
      State next = new State(mode, reason, Instant.now());
      state = next;
      LOG.info("The mode is {} now: {}", Words.of(mode), reason.isEmpty() ? "-" : reason);
      return next;
    } finally {
      lock.unlock();
    }
  }
}
