package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The lists that rest between two pages. *Thread-safe.*
///
/// There are at most as many as allowed: one more ends the list that rested longest. A list that rests too long is ended,
/// whether or not its client comes back.
public final class Cursors implements AutoCloseable {
  // What a list that rests takes of the heap beside its walk.
  private static final long ENTRY_BYTES = HeapBytes.LINKED_HASH_ENTRY + HeapBytes.LONG + 24;

  private final int countMax;
  private final long ageNanosMax;
  private final LongSupplier nanoTime;
  private final LongSupplier ids;
  private final MemoryAccount memory;

  private final Object lock = new Object();

  // Guarded by `lock`. The list that rested longest comes first.
  private final Map<Long, Resting> walks = new LinkedHashMap<>();

  private record Resting(Walk walk, long sinceNanos) {}

  /// Starts with no lists.
  ///
  /// @param countMax most lists
  /// @param ageMax longest rest
  /// @param nanoTime monotonic time, in nanoseconds
  /// @param ids numbers that nobody can guess
  /// @param memory pays for the lists, beside their snapshots
  public Cursors(
      int countMax,
      Duration ageMax,
      LongSupplier nanoTime,
      LongSupplier ids,
      MemoryAccount memory) {
    this.countMax = countMax;
    this.ageNanosMax = ageMax.toNanos();
    this.nanoTime = nanoTime;
    this.ids = ids;
    this.memory = memory;
  }

  /// Lets a list rest for the first time.
  ///
  /// @param walk the list; closed by this object from now on
  /// @return the number that finds it again
  public long add(Walk walk) {
    List<Walk> ended = new ArrayList<>();
    long id;
    synchronized (lock) {
      do {
        id = ids.getAsLong();
      } while (walks.containsKey(id));
      walks.put(id, new Resting(walk, nanoTime.getAsLong()));
      Iterator<Resting> oldest = walks.values().iterator();
      for (int excess = walks.size() - countMax; excess > 0; excess--) {
        ended.add(oldest.next().walk());
        oldest.remove();
      }
    }
    memory.charge(bytes(walk));
    ended.forEach(this::close);
    return id;
  }

  /// Finds a list, which begins to rest anew.
  ///
  /// @param id number of the list
  /// @return the list, or nothing if it has ended
  public Optional<Walk> find(long id) {
    endExpired();
    synchronized (lock) {
      Resting found = walks.remove(id);
      if (found == null) {
        return Optional.empty();
      }
      walks.put(id, new Resting(found.walk(), nanoTime.getAsLong()));
      return Optional.of(found.walk());
    }
  }

  /// Ends a list. One that has ended already is ignored.
  ///
  /// @param id number of the list
  public void end(long id) {
    Resting found;
    synchronized (lock) {
      found = walks.remove(id);
    }
    if (found != null) {
      close(found.walk());
    }
  }

  /// Ends the lists that rest too long. To be called now and then.
  public void endExpired() {
    List<Walk> ended = new ArrayList<>();
    synchronized (lock) {
      long now = nanoTime.getAsLong();
      Iterator<Resting> oldest = walks.values().iterator();
      while (oldest.hasNext()) {
        Resting resting = oldest.next();
        if (now - resting.sinceNanos() <= ageNanosMax) {
          break;
        }
        ended.add(resting.walk());
        oldest.remove();
      }
    }
    ended.forEach(this::close);
  }

  private static long bytes(Walk walk) {
    return ENTRY_BYTES + walk.bytes();
  }

  private void close(Walk walk) {
    memory.charge(-bytes(walk));
    walk.close();
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
    }
    all.forEach(resting -> close(resting.walk()));
  }
}
