package io.lightningdb.engine.compaction;

import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.View;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Since when nothing was written to which keyspace. *Thread-safe.*
///
/// Work that is started by writes never comes to what is no longer written to; it is done when the keyspace has been
/// quiet for long enough.
public final class QuietKeyspaces {
  private final Clock clock;
  private final Map<KeyspaceStore, Look> looks = new ConcurrentHashMap<>();

  /// What the last look found.
  ///
  /// @param version newest change that was in memory; it only grows
  /// @param nanos when that was first seen
  private record Look(long version, long nanos) {
    Look next(long newest, long now) {
      return newest > version ? new Look(newest, now) : this;
    }
  }

  /// Has not looked yet.
  ///
  /// @param clock measures how long they have been quiet
  public QuietKeyspaces(Clock clock) {
    this.clock = clock;
  }

  /// Looks at all keyspaces. To be called about once a second.
  ///
  /// @param stores those that there are; others are forgotten
  public void look(List<KeyspaceStore> stores) {
    looks.keySet().retainAll(Set.copyOf(stores));
    long now = clock.nanoTime();
    for (KeyspaceStore store : stores) {
      long newest = newestChange(store.peek());
      looks.merge(store, new Look(newest, now), (last, _) -> last.next(newest, now));
    }
  }

  private static long newestChange(View view) {
    long newest = view.active().lastVersion();
    for (Memtable frozen : view.frozen()) {
      newest = Math.max(newest, frozen.lastVersion());
    }
    return newest;
  }

  /// How long a keyspace has been quiet, as far as the looks have seen.
  ///
  /// @param store a keyspace
  /// @return in nanoseconds; 0 if it was never looked at
  public long quietNanos(KeyspaceStore store) {
    Look last = looks.get(store);
    return last == null ? 0 : clock.nanoTime() - last.nanos();
  }
}
