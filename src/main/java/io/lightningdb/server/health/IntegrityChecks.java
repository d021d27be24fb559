package io.lightningdb.server.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.IntegrityReport;
import io.lightningdb.engine.integrity.IntegrityCheck;
import io.lightningdb.engine.io.FailureText;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Runs checks of the whole database, one at a time and in the background, and keeps the last result.
@Component
public final class IntegrityChecks {
  private static final Logger LOG = LoggerFactory.getLogger(IntegrityChecks.class);

  private final Database database;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("integrity-check").daemon().factory());
  private final AtomicReference<State> state =
      new AtomicReference<>(new State(Phase.NONE, null, null, null, null));

  /// Called by Spring.
  ///
  /// @param database the open database
  IntegrityChecks(Database database) {
    this.database = database;
  }

  /// How far checks have come.
  public enum Phase {
    /// No check was started since the service was.
    NONE,
    /// A check runs.
    RUNNING,
    /// The last check read everything.
    FINISHED,
    /// The last check could not go on.
    FAILED
  }

  /// The last check.
  ///
  /// @param phase how far it has come
  /// @param startedAt when it was started
  /// @param duration how long it took, once it has ended
  /// @param failure why it could not go on
  /// @param report what it found; while a check runs, what the one before found
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record State(
      Phase phase,
      @Nullable Instant startedAt,
      @Nullable Duration duration,
      @Nullable String failure,
      @Nullable IntegrityReport report) {}

  /// The last check.
  ///
  /// @return the state of this moment
  public State state() {
    return state.get();
  }

  /// What the scrubber does and has done.
  ScrubDocument scrub() {
    return ScrubDocument.of(database.scrubStats());
  }

  /// Damaged blocks of runs that were met since the start and are in use.
  List<QuarantineDocument> quarantine() {
    return database.quarantine().stream().map(QuarantineDocument::of).toList();
  }

  /// Starts a check, unless one runs.
  ///
  /// @return the state, in which a check runs
  public State start() {
    Instant now = Instant.now();
    State before = state.getAndUpdate(running(now));
    if (before.phase() != Phase.RUNNING) {
      thread.execute(() -> check(now));
    }
    return state.get();
  }

  /// Checks the database on the thread of the caller, beside a check in the background if one runs.
  ///
  /// @param cancelled asked now and then whether to stop
  /// @param progress is told how far it is
  /// @return what was found; empty if it was cancelled, and what the check before found is still the last result
  /// @throws EngineException if the check cannot go on
  public Optional<IntegrityReport> checkNow(
      BooleanSupplier cancelled, IntegrityCheck.Progress progress) {
    Instant now = Instant.now();
    Optional<IntegrityReport> found = database.checkIntegrity(cancelled, progress);
    found.ifPresent(report ->
        state.updateAndGet(before ->
            before.phase() == Phase.RUNNING
                ? before
                : new State(
                    Phase.FINISHED, now, Duration.between(now, Instant.now()), null, report)));
    return found;
  }

  private static UnaryOperator<State> running(Instant now) {
    return before ->
        before.phase() == Phase.RUNNING
            ? before
            : new State(Phase.RUNNING, now, null, null, before.report());
  }

  private void check(Instant startedAt) {
    try {
      IntegrityReport report = database.checkIntegrity();
      end(Phase.FINISHED, startedAt, null, report);
    } catch (RuntimeException | Error e) {
      // Whatever it was, the check has ended, and another one may be started.
      LOG.warn("A check of the database could not go on", e);
      end(Phase.FAILED, startedAt, FailureText.of(e), state.get().report());
    }
  }

  private void end(
      Phase phase, Instant startedAt, @Nullable String failure, @Nullable IntegrityReport report) {
    Duration duration = Duration.between(startedAt, Instant.now());
    state.set(new State(phase, startedAt, duration, failure, report));
  }

  /// Damage known now: what reads met since the start, and what the last check found.
  ///
  /// @return each fault once; empty if none is known
  public List<IntegrityReport.Fault> faults() {
    IntegrityReport report = state.get().report();
    Stream<IntegrityReport.Fault> found =
        report == null ? Stream.empty() : report.faults().stream();
    return Stream.concat(database.faultsSeen().stream(), found).distinct().toList();
  }

  /// Called by Spring when the service stops: no further check is started.
  @PreDestroy
  void stop() {
    thread.shutdown();
  }
}
