package io.lightningdb.engine.commit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/// Remembers roughly which version was the newest when. *Thread-safe.*
///
/// Memory is bounded: when there are too many samples every other one goes, and answers become coarser, but never too new.
public final class CommitTimes {
  private static final int SAMPLES_MAX = 8192;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`; both members rise.
  private Deque<Sample> samples = new ArrayDeque<>();

  /// Remembers nothing yet.
  public CommitTimes() {}

  private record Sample(long version, long millis) {}

  /// Remembers the newest version of this moment.
  ///
  /// @param version the visible version
  /// @param nowMillis wall-clock time; if it is earlier than before, the time before counts
  public void sample(long version, long nowMillis) {
    lock.lock();
    try {
      Sample last = samples.peekLast();
      if (last != null && last.version() == version) {
        return;
      }
      long millis = last == null ? nowMillis : Math.max(nowMillis, last.millis());
      samples.addLast(new Sample(version, millis));
      thinOut();
    } finally {
      lock.unlock();
    }
  }

  private void thinOut() {
    if (samples.size() > SAMPLES_MAX) {
      Deque<Sample> kept = new ArrayDeque<>();
      boolean keep = false;
      for (Sample sample : samples) {
        keep = !keep;
        if (keep) {
          kept.addLast(sample);
        }
      }
      samples = kept;
    }
  }

  /// The version that was the newest some time ago, or one before it.
  ///
  /// @param millis a wall-clock time
  /// @return a version that was visible then; 0 if that is not known
  public long newestAt(long millis) {
    lock.lock();
    try {
      long newest = 0;
      for (Sample sample : samples) {
        if (sample.millis() > millis) {
          break;
        }
        newest = sample.version();
      }
      return newest;
    } finally {
      lock.unlock();
    }
  }
}
