package io.lightningdb.server.backup;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.Verification;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Remembers how backups went. *Guarded by its own monitor.*
@Component
public final class BackupStatus {
  private State state = new State(Optional.empty(), 0, 0, Optional.empty(), 0, 0, Map.of());

  /// Called by Spring.
  BackupStatus() {}

  /// What is done with backups.
  public enum Work {
    /// One is made.
    BACKUP,
    /// One is restored, to see that it is good.
    RESTORE_CHECK,
    /// Old ones are deleted.
    RETENTION,
    /// The list of them is read.
    CATALOGUE
  }

  /// How backups went. Immutable.
  ///
  /// @param newest when the newest backup was taken
  /// @param newestBytes bytes that were copied for it
  /// @param newestVersion the version that it restores to; 0 without one
  /// @param verification the last verification
  /// @param made backups made since the start of the service, and found at it
  /// @param failures backups, deletions and verifications that failed since the start of the service
  /// @param failed why work failed that has not succeeded since, without paths
  public record State(
      Optional<Instant> newest,
      long newestBytes,
      long newestVersion,
      Optional<Verification> verification,
      long made,
      long failures,
      Map<Work, String> failed) {

    /// Tells whether work failed the last time that it was done.
    ///
    /// @param work which
    /// @return false if it succeeded, or was not done since the start of the service
    public boolean hasFailed(Work work) {
      return failed.containsKey(work);
    }
  }

  /// How backups went.
  ///
  /// @return the state of this moment
  public synchronized State state() {
    return state;
  }

  /// The catalogue was read for the first time.
  ///
  /// @param entries all that are in it, oldest first
  synchronized void found(List<BackupEntry> entries) {
    if (state.made() == 0) {
      entries.forEach(this::made);
    } else if (!entries.isEmpty()) {
      newestLeft(Optional.of(entries.getLast()));
    }
  }

  synchronized void made(BackupEntry entry) {
    Instant at = Instant.ofEpochMilli(entry.createdMillis());
    boolean newer = state.newest().map(at::isAfter).orElse(true);
    state =
        new State(
            newer ? Optional.of(at) : state.newest(),
            newer ? entry.ownBytes() : state.newestBytes(),
            newer ? entry.version() : state.newestVersion(),
            state.verification(),
            state.made() + 1,
            state.failures(),
            state.failed());
  }

  /// Some were deleted, perhaps the newest.
  synchronized void newestLeft(Optional<BackupEntry> newest) {
    state =
        new State(
            newest.map(entry -> Instant.ofEpochMilli(entry.createdMillis())),
            newest.map(BackupEntry::ownBytes).orElse(0L),
            newest.map(BackupEntry::version).orElse(0L),
            state.verification(),
            state.made(),
            state.failures(),
            state.failed());
  }

  synchronized void verified(Verification verification) {
    boolean newer =
        state.verification().map(last -> verification.millis() >= last.millis()).orElse(true);
    state =
        new State(
            state.newest(),
            state.newestBytes(),
            state.newestVersion(),
            newer ? Optional.of(verification) : state.verification(),
            state.made(),
            state.failures(),
            state.failed());
  }

  synchronized void failed(Work work, Throwable cause) {
    Map<Work, String> failed = copy();
    failed.put(work, FailureCause.of(cause));
    set(state.failures() + 1, failed);
  }

  synchronized void succeeded(Work work) {
    Map<Work, String> failed = copy();
    failed.remove(work);
    set(state.failures(), failed);
  }

  private Map<Work, String> copy() {
    Map<Work, String> failed = new EnumMap<>(Work.class);
    failed.putAll(state.failed());
    return failed;
  }

  private void set(long failures, Map<Work, String> failed) {
    state =
        new State(
            state.newest(),
            state.newestBytes(),
            state.newestVersion(),
            state.verification(),
            state.made(),
            failures,
            Map.copyOf(failed));
  }
}
