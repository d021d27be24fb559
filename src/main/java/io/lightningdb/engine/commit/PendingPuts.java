package io.lightningdb.engine.commit;

import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.store.KeyspaceStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The puts of a commit that is being applied, in case a range deletion of the same commit follows. *Confined to one thread.*
///
/// A range deletion covers earlier versions only; what its own commit put there before it is deleted key by key. A key that was
/// deleted so is looked at no more, so however many ranges follow, each put is found once.
final class PendingPuts {
  private final Map<KeyspaceStore, NavigableSet<byte[]>> keys = new HashMap<>();

  private long steps;

  void add(KeyspaceStore store, byte[] key) {
    keys.computeIfAbsent(store, _ -> new TreeSet<>(this::compare)).add(key);
  }

  private int compare(byte[] a, byte[] b) {
    steps++;
    return Arrays.compareUnsigned(a, b);
  }

  /// Keys compared so far.
  long steps() {
    return steps;
  }

  /// Takes out the keys of a range.
  ///
  /// @param taken gets each
  void takeWithin(KeyspaceStore store, KeyRange range, Consumer<byte[]> taken) {
    NavigableSet<byte[]> all = keys.get(store);
    if (all == null) {
      return;
    }
    byte[] upper = range.upper();
    NavigableSet<byte[]> within =
        upper == null
            ? all.tailSet(range.lower(), true)
            : all.subSet(range.lower(), true, upper, false);
    within.forEach(taken);
    within.clear();
  }
}
