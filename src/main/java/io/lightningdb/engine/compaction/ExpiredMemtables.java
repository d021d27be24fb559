package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds memtables that hold mostly what has expired, though too little is written to fill them. *Confined to one
/// thread.*
///
/// Memtables do not count what expires when: they are walked, at most once a minute each, and again only if they have
/// changed or the first of their entries has expired meanwhile.
public final class ExpiredMemtables {
  private static final long WALK_AGAIN_NANOS = 60_000_000_000L;
  private static final double SHARE_MIN = 0.5;

  private final Clock clock;
  private final Map<KeyspaceStore, Walk> walks = new HashMap<>();

  /// What a memtable held when it was walked.
  ///
  /// @param firstVersion tells it from the memtables before and after it
  /// @param lastVersion of its changes
  /// @param nanos when
  /// @param leastMillis when the first of its entries expires
  private record Walk(long firstVersion, long lastVersion, long nanos, long leastMillis) {}

  /// Has walked none yet.
  ///
  /// @param clock tells when to look again
  public ExpiredMemtables(Clock clock) {
    this.clock = clock;
  }

  /// Forgets keyspaces that are gone.
  ///
  /// @param stores those that there are
  public void keepOnly(Set<KeyspaceStore> stores) {
    walks.keySet().retainAll(stores);
  }

  /// Tells whether at least half of the bytes in the active memtable of a keyspace have expired.
  ///
  /// @param store the keyspace
  /// @param instantMillis no reader is at an earlier moment
  /// @return true if it is worth a flush
  /// @throws IOException as cursors may, though not those of memtables
  public boolean isMostlyExpired(KeyspaceStore store, long instantMillis) throws IOException {
    Memtable memtable = store.peek().active();
    if (memtable.isEmpty() || !isWorthAWalk(walks.get(store), memtable, instantMillis)) {
      return false;
    }
    long lastVersion = memtable.lastVersion();
    long bytes = 0;
    long expiredBytes = 0;
    long leastMillis = ExpiryTime.NEVER;
    EntryCursor entries =
        memtable.cursor(
            new ReadView(KeyRange.ALL, ReadView.Direction.FORWARD, Long.MAX_VALUE, instantMillis));
    while (entries.next()) {
      long entryBytes = entries.key().length + (long) entries.valueLength();
      long expiryMillis = entries.expiryMillis();
      bytes += entryBytes;
      expiredBytes += expiryMillis <= instantMillis ? entryBytes : 0;
      leastMillis = Math.min(leastMillis, expiryMillis);
    }
    walks.put(store, new Walk(memtable.firstVersion(), lastVersion, clock.nanoTime(), leastMillis));
    return expiredBytes > 0 && expiredBytes >= bytes * SHARE_MIN;
  }

  private boolean isWorthAWalk(@Nullable Walk last, Memtable memtable, long instantMillis) {
    if (last == null || last.firstVersion() != memtable.firstVersion()) {
      return true;
    }
    boolean other =
        last.lastVersion() != memtable.lastVersion() || last.leastMillis() <= instantMillis;
    return other && clock.nanoTime() - last.nanos() >= WALK_AGAIN_NANOS;
  }
}
