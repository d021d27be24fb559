package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.server.share.CallerShares;
import io.lightningdb.server.share.ShareHolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;

/// The lists that rest between two pages. *Thread-safe.*
///
/// There are at most as many as allowed, and callers share them: one more of a caller that has its share ends the list
/// of the same caller that rested longest, and never one of another. A list that rests too long is ended, whether or
/// not its client comes back.
public final class Cursors implements AutoCloseable {
  // What a list that rests takes of the heap beside its walk.
  private static final long ENTRY_BYTES = 2L * HeapBytes.LINKED_HASH_ENTRY + HeapBytes.LONG + 32;

  private final CallerShares places;
  private final long ageNanosMax;
  private final LongSupplier nanoTime;
  private final LongSupplier ids;
  private final MemoryAccount memory;

  private final Object lock = new Object();

  // Guarded by `lock`. The list that rested longest comes first.
  private final Map<Long, Resting> walks = new LinkedHashMap<>();

  // The numbers of each caller's lists, in the same order.
  private final Map<String, Set<Long>> idsOf = new HashMap<>();

  private record Resting(Walk walk, ShareHolder holder, long sinceNanos) {}

  /// Starts with no lists.
  ///
  /// @param places of lists, shared among callers
  /// @param ageMax longest rest
  /// @param nanoTime monotonic time, in nanoseconds
  /// @param ids numbers that cannot be guessed
  /// @param memory pays for the lists, beside their snapshots
  public Cursors(
      CallerShares places,
      Duration ageMax,
      LongSupplier nanoTime,
      LongSupplier ids,
      MemoryAccount memory) {
    this.places = places;
    this.ageNanosMax = ageMax.toNanos();
    this.nanoTime = nanoTime;
    this.ids = ids;
    this.memory = memory;
  }

  /// Lets a list rest for the first time.
  ///
  /// @param walk the list; closed by this object from now on
  /// @param holder whose list it is
  /// @return the number that finds it again, or nothing if all places are taken by others; then the list stays the
  ///     caller's to close
  public OptionalLong add(Walk walk, ShareHolder holder) {
    List<Resting> ended = new ArrayList<>();
    long id;
    synchronized (lock) {
      if (!takePlace(holder, ended)) {
        return OptionalLong.empty();
      }
      do {
        id = ids.getAsLong();
      } while (walks.containsKey(id));
      put(id, new Resting(walk, holder, nanoTime.getAsLong()));
    }
    memory.charge(bytes(walk));
    ended.forEach(this::close);
    return OptionalLong.of(id);
  }

  /// Where there is no place, one's own oldest list makes room; where others want some, two do, so that more and more
  /// is left to them.
  private boolean takePlace(ShareHolder holder, List<Resting> ended) {
    CallerShares.Verdict verdict = places.take(holder, 1);
    if (verdict == CallerShares.Verdict.TAKEN) {
      return true;
    }
    Set<Long> own = idsOf.getOrDefault(holder.id(), Set.of());
    int count = Math.min(own.size(), verdict == CallerShares.Verdict.OVER_SHARE ? 2 : 1);
    for (int i = 0; i < count; i++) {
      remove(own.iterator().next()).ifPresent(ended::add);
    }
    if (count > 0) {
      places.settle(holder, 1 - count);
    }
    return count > 0;
  }

  private void put(long id, Resting resting) {
    walks.put(id, resting);
    idsOf.computeIfAbsent(resting.holder().id(), _ -> new LinkedHashSet<>()).add(id);
  }

  private Optional<Resting> remove(long id) {
    Resting found = walks.remove(id);
    if (found != null) {
      String holder = found.holder().id();
      idsOf.computeIfPresent(holder, (_, own) -> own.remove(id) && own.isEmpty() ? null : own);
    }
    return Optional.ofNullable(found);
  }

  /// Finds a list, which begins to rest anew.
  ///
  /// @param id number of the list
  /// @return the list, or nothing if it has ended
  public Optional<Walk> find(long id) {
    endExpired();
    synchronized (lock) {
      Optional<Resting> found = remove(id);
      found.ifPresent(
          resting -> put(id, new Resting(resting.walk(), resting.holder(), nanoTime.getAsLong())));
      return found.map(Resting::walk);
    }
  }

  /// Ends a list. One that has ended already is ignored.
  ///
  /// @param id number of the list
  public void end(long id) {
    Optional<Resting> found;
    synchronized (lock) {
      found = remove(id);
    }
    found.ifPresent(this::giveBack);
  }

  /// Ends the lists that rest too long. To be called now and then.
  public void endExpired() {
    List<Resting> ended = new ArrayList<>();
    List<Long> expired = new ArrayList<>();
    synchronized (lock) {
      long now = nanoTime.getAsLong();
      for (Map.Entry<Long, Resting> oldest : walks.entrySet()) {
        if (now - oldest.getValue().sinceNanos() <= ageNanosMax) {
          break;
        }
        expired.add(oldest.getKey());
      }
      expired.forEach(id -> remove(id).ifPresent(ended::add));
    }
    ended.forEach(this::giveBack);
  }

  private static long bytes(Walk walk) {
    return ENTRY_BYTES + walk.bytes();
  }

  private void giveBack(Resting resting) {
    places.give(resting.holder(), 1);
    close(resting);
  }

  private void close(Resting resting) {
    memory.charge(-bytes(resting.walk()));
    resting.walk().close();
  }

  /// Number of lists that rest.
  ///
  /// @return 0 up to the most allowed
  public int size() {
    synchronized (lock) {
      return walks.size();
    }
  }

  /// Ends all lists.
  @Override
  public void close() {
    List<Resting> all;
    synchronized (lock) {
      all = new ArrayList<>(walks.values());
      walks.clear();
      idsOf.clear();
    }
    all.forEach(this::giveBack);
  }
}
