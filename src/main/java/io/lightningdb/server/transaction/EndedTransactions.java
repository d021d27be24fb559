package io.lightningdb.server.transaction;

import io.lightningdb.engine.Transaction;
import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.engine.cache.MemoryAccount;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the last transactions ended: so a commit whose answer was lost can be repeated. *Thread-safe.*
///
/// So many are remembered, and callers share them: where there are too many, the oldest of the caller of whom most are
/// remembered is forgotten. So no caller makes the service forget what it owes another.
final class EndedTransactions {
  // An end, its entries in two maps, and the text that names it.
  private static final long BYTES = 32 + HeapBytes.HASH_ENTRY + HeapBytes.LINKED_HASH_ENTRY + 72;

  private final int countMax;
  private final MemoryAccount memory;

  // Guarded by this object. Of each caller the one that ended first comes first.
  private final Map<String, Ended> all = new HashMap<>();
  private final Map<String, Map<String, Ended>> byCaller = new HashMap<>();

  /// How a transaction ended.
  ///
  /// @param state other than active
  /// @param version version of its commit, 0 if it was not committed
  /// @param callerId who began it
  record Ended(Transaction.State state, long version, String callerId) {}

  /// Remembers nothing yet.
  ///
  /// @param countMax most ends that are remembered, at least 1
  /// @param memory pays for them
  EndedTransactions(int countMax, MemoryAccount memory) {
    this.countMax = countMax;
    this.memory = memory;
  }

  /// Remembers an end.
  ///
  /// @param id as the client was told
  /// @param end how it ended
  synchronized void add(String id, Ended end) {
    if (all.put(id, end) != null) {
      return;
    }
    memory.charge(BYTES);
    Map<String, Ended> own = byCaller.computeIfAbsent(end.callerId(), _ -> new LinkedHashMap<>());
    own.put(id, end);
    if (all.size() > countMax) {
      boolean hasMost = own.size() > countMax / byCaller.size();
      forgetOldest(hasMost ? own : largest());
    }
  }

  private Map<String, Ended> largest() {
    Map<String, Ended> largest = Map.of();
    for (Map<String, Ended> each : byCaller.values()) {
      largest = each.size() > largest.size() ? each : largest;
    }
    return largest;
  }

  private void forgetOldest(Map<String, Ended> of) {
    Iterator<Map.Entry<String, Ended>> oldest = of.entrySet().iterator();
    Map.Entry<String, Ended> forgotten = oldest.next();
    String callerId = forgotten.getValue().callerId();
    all.remove(forgotten.getKey());
    oldest.remove();
    if (of.isEmpty()) {
      byCaller.remove(callerId);
    }
    memory.charge(-BYTES);
  }

  /// Finds an end.
  ///
  /// @param id as the client was told
  /// @return the end, or null if there is none, or it is forgotten
  synchronized @Nullable Ended find(String id) {
    return all.get(id);
  }
}
