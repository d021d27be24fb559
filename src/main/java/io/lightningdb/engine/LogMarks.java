package io.lightningdb.engine;

import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.VersionEdit;
import java.io.IOException;

/// Syncs the log once in each sync-interval, and marks its end, and that of the manifest, when nothing follows:
/// whatever is damaged in front of a mark is damage, and never an unfinished end. *Confined to the thread that syncs
/// the log.*
///
/// So what was synced is proved within a sync-interval: by a mark, or by what was appended behind it. Marks also keep
/// the greatest moment seen, which is what expiry goes by at the next start.
final class LogMarks {
  // What may show again behind a kill and a clock that was set back has expired within this time.
  // Each
  // costs a sync of some bytes, and only while entries can expire and nothing is committed.
  private static final long MOMENT_NANOS = 1_000_000_000L;

  private final Core core;
  private final CommitPipeline pipeline;
  private long markedNanos;
  private long markedMillis;

  /// Connects the parts.
  ///
  /// @param pipeline appends marks between two commits
  LogMarks(Core core, CommitPipeline pipeline) {
    this.core = core;
    this.pipeline = pipeline;
    this.markedNanos = core.environment().clock().nanoTime();
    this.markedMillis = core.clock().millis();
  }

  /// Does what is due.
  ///
  /// @throws IOException if the log or the manifest failed
  void run() throws IOException {
    LogWriter log = core.log();
    // Commits without a pause prove the commits before: then there is nothing to add.
    boolean idle = log.isDurable();
    log.sync();
    if (idle && !log.isMarked()) {
      markEnd(log);
    } else if (idle && isMomentDue()) {
      keepMoment(log);
    }
    followClockBack();
    core.manifest().mark();
  }

  /// A clock that was set back, and was followed, is so in the manifest, too: the next start believes the higher of
  /// both.
  private void followClockBack() throws IOException {
    long now = core.clock().millis();
    long recorded = core.manifest().current().momentMillis();
    if (SteadyClock.next(recorded, now) < recorded) {
      core.manifest().apply(_ -> VersionEdit.of(new Change.Moment(now)));
    }
  }

  private void markEnd(LogWriter log) throws IOException {
    long now = core.clock().millis();
    boolean marked = pipeline.mark(now);
    if (!marked) {
      // The segment was full and has ended, or another thread was faster.
      log.sync();
      marked = pipeline.mark(now);
    }
    if (marked) {
      log.sync();
      kept(now);
    }
  }

  /// While nothing is written, what expires does so unseen by the log.
  private boolean isMomentDue() {
    return core.environment().clock().nanoTime() - markedNanos >= MOMENT_NANOS
        && core.clock().millis() != markedMillis
        && canExpire();
  }

  private boolean canExpire() {
    return pipeline.hasExpiring()
        || core.manifest().current().keyspaces().values().stream()
            .flatMap(keyspace -> keyspace.runs().stream())
            .anyMatch(run -> run.expiries().entries() > 0);
  }

  private void keepMoment(LogWriter log) throws IOException {
    long now = core.clock().millis();
    if (pipeline.mark(now)) {
      log.sync();
    } else {
      // A full segment does not end for this.
      core.manifest().apply(_ -> VersionEdit.of(new Change.Moment(now)));
    }
    kept(now);
  }

  private void kept(long millis) {
    markedMillis = millis;
    markedNanos = core.environment().clock().nanoTime();
  }
}
