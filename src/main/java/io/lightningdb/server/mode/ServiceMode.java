package io.lightningdb.server.mode;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// The mode of the service. *Thread-safe.*
///
/// A mode holds until another one is set: a restart begins with it, since an operator who has stopped writes for a reason does not
/// expect a crash, a rollout or a probe to take them again. One that was set with an end holds until that moment, restart or not, or
/// until the restart, as its end says.
@Component
class ServiceMode {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceMode.class);

  private final Database database;
  private final ModeRecord record;
  private final ReentrantLock lock = new ReentrantLock();

  // Changed under `lock`, together with what the engine was told.
  private volatile State state;

  /// Called by Spring. Goes on in the mode of before the start.
  ///
  /// @param database the open database
  /// @param record keeps the mode over a restart
  ServiceMode(Database database, ModeRecord record) {
    this.database = database;
    this.record = record;
    this.state = new State(Mode.READ_WRITE, "", Instant.now(), null, true);
    record.read().ifPresent(this::goOnIn);
  }

  /// A mode, and why.
  ///
  /// @param mode what the service does
  /// @param reason what clients are told that are refused; empty if nothing is refused
  /// @param since from when on
  /// @param until when it ends and [Mode#READ_WRITE] begins, or null if only another mode ends it
  /// @param survivesRestart whether the next start begins with it, if that is not after the end
  record State(
      Mode mode, String reason, Instant since, @Nullable Instant until, boolean survivesRestart) {
    private boolean isOver(Instant now) {
      return until != null && !now.isBefore(until);
    }
  }

  /// What an operator asks for.
  ///
  /// @param mode what the service is to do
  /// @param reason why; empty only for [Mode#READ_WRITE]
  /// @param until when it is to end, or null
  /// @param untilRestart whether the next start ends it
  record Wanted(Mode mode, String reason, @Nullable Instant until, boolean untilRestart) {}

  /// The mode.
  ///
  /// @return as of now
  State state() {
    return state;
  }

  /// Sets the mode. Reads that are under way may still be done; a write is made when this returns, or it is refused.
  ///
  /// What the next start is to begin with is recorded first. Where it cannot be, because the disk has failed, the mode is set all the
  /// same, and the state says that it does not survive a restart.
  ///
  /// @param wanted what the service is to do
  /// @return the new state
  State set(Wanted wanted) {
    lock.lock();
    try {
      State next =
          recorded(
              new State(
                  wanted.mode(),
                  wanted.reason(),
                  Instant.now(),
                  wanted.until(),
                  !wanted.untilRestart()));
      take(next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// Ends a mode whose end has come. Called by Spring every second.
  @Scheduled(fixedDelay = 1000)
  void endIfOver() {
    if (!state.isOver(Instant.now())) {
      return;
    }
    lock.lock();
    try {
      State over = state;
      if (over.isOver(Instant.now())) {
        LOG.info("The end of the mode {} has come.", Words.of(over.mode()));
        take(recorded(new State(Mode.READ_WRITE, "", Instant.now(), null, true)));
      }
    } finally {
      lock.unlock();
    }
  }

  private void goOnIn(State before) {
    if (before.isOver(Instant.now())) {
      LOG.info("The end of the mode {} came before the start.", Words.of(before.mode()));
      recorded(state);
    } else {
      take(before);
    }
  }

  /// Records what the next start begins with.
  ///
  /// @return the state, which does not survive a restart if that failed
  private State recorded(State next) {
    try {
      if (next.survivesRestart()) {
        record.write(next);
      } else {
        record.remove();
      }
      return next;
    } catch (EngineException e) {
      LOG.warn("The mode {} could not be recorded; the next start does not know of it.", next, e);
      return new State(next.mode(), next.reason(), next.since(), next.until(), false);
    }
  }

  private void take(State next) {
    if (next.mode() == Mode.READ_WRITE) {
      database.switchWritesOn();
    } else {
      database.switchWritesOff("the mode is " + Words.of(next.mode()) + " (" + next.reason() + ")");
    }
    state = next;
    LOG.info(
        "The mode is {} now: {}{}",
        Words.of(next.mode()),
        next.reason().isEmpty() ? "-" : next.reason(),
        next.until() == null ? "" : ", until " + next.until());
  }
}
