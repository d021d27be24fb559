package io.lightningdb.server.guard;

import io.lightningdb.engine.io.Deadline;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Lets so many requests be served at a time, and so many more wait for that, for so long. *Thread-safe.*
///
/// Places are shared among callers, to be served as well as to wait: of those that wait, a request of the caller that
/// has least comes first.
final class RequestGate {
  private final CallerShares places;
  private final @Nullable CallerShares queue;
  private final long waitNanosMax;

  /// Opens a gate.
  ///
  /// @param places of requests that are served
  /// @param queue of requests that wait for their turn; null if none may
  /// @param waitMax how long one waits
  RequestGate(CallerShares places, @Nullable CallerShares queue, Duration waitMax) {
    this.places = places;
    this.queue = queue;
    this.waitNanosMax = waitMax.toNanos();
  }

  /// How a request fared.
  enum Entry {
    /// It is served, and must [#leave].
    ENTERED,
    /// As many wait as may.
    QUEUE_FULL,
    /// Its turn did not come in time.
    WAITED_TOO_LONG
  }

  /// Comes in, after a wait if need be, though not beyond the deadline of the caller.
  ///
  /// @param holder whose request it is
  /// @return how that went
  /// @throws InterruptedException if the wait was interrupted
  Entry enter(ShareHolder holder) throws InterruptedException {
    CallerShares waiting = queue;
    if (waiting == null) {
      return places.take(holder, 1) == CallerShares.Verdict.TAKEN
          ? Entry.ENTERED
          : Entry.QUEUE_FULL;
    }
    // Where no request waits, no turn is taken from any.
    if (places.takeInTurn(holder)) {
      return Entry.ENTERED;
    }
    if (waiting.take(holder, 1) != CallerShares.Verdict.TAKEN) {
      return Entry.QUEUE_FULL;
    }
    try {
      return places.await(holder, Deadline.bound(waitNanosMax))
          ? Entry.ENTERED
          : Entry.WAITED_TOO_LONG;
    } finally {
      waiting.give(holder, 1);
    }
  }

  /// Comes in once more, having left for a while, in turn with those that wait and however many they are.
  ///
  /// @param holder whose request it is
  /// @return false if the deadline of the caller is past
  /// @throws InterruptedException if the wait was interrupted
  boolean enterAgain(ShareHolder holder) throws InterruptedException {
    return places.takeInTurn(holder) || places.await(holder, Deadline.bound(Long.MAX_VALUE));
  }

  /// Goes, having entered.
  ///
  /// @param holder whose request it was
  void leave(ShareHolder holder) {
    places.give(holder, 1);
  }

  /// Requests that are served.
  ///
  /// @return as of now
  int active() {
    return (int) places.held();
  }

  /// Requests that wait.
  ///
  /// @return as of now
  int queued() {
    CallerShares waiting = queue;
    return waiting == null ? 0 : (int) waiting.held();
  }
}
