package io.lightningdb.server.backup;

import io.lightningdb.engine.backup.BackupEntry;
import io.lightningdb.engine.backup.Verification;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Remembers how backups went. *Guarded by its own monitor.*
@Component
public final class BackupStatus {
  private State state = new State(Optional.empty(), 0, Optional.empty(), 0, 0);

  /// Called by Spring.
  BackupStatus() {}

  /// How backups went. Immutable.
  ///
  /// @param newest when the newest backup was taken
  /// @param newestBytes bytes that were copied for it
  /// @param verification the last verification
  /// @param made backups made since the start of the service, and found at it
  /// @param failures backups, deletions and verifications that failed since the start of the service
  public record State(
      Optional<Instant> newest,
      long newestBytes,
      Optional<Verification> verification,
      long made,
      long failures) {}

  /// How backups went.
  ///
  /// @return the state of this moment
  public synchronized State state() {
    return state;
  }

  synchronized void made(BackupEntry entry) {
    Instant at = Instant.ofEpochMilli(entry.createdMillis());
    boolean newer = state.newest().map(at::isAfter).orElse(true);
    state =
        new State(
            newer ? Optional.of(at) : state.newest(),
            newer ? entry.ownBytes() : state.newestBytes(),
            state.verification(),
            state.made() + 1,
            state.failures());
  }

  synchronized void verified(Verification verification) {
    boolean newer =
        state.verification().map(last -> verification.millis() >= last.millis()).orElse(true);
    state =
        new State(
            state.newest(),
            state.newestBytes(),
            newer ? Optional.of(verification) : state.verification(),
            state.made(),
            state.failures());
  }

  synchronized void failed() {
    state =
        new State(
            state.newest(),
            state.newestBytes(),
            state.verification(),
            state.made(),
            state.failures() + 1);
  }
}
