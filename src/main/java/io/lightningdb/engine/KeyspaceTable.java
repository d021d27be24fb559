package io.lightningdb.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The keyspaces that exist. Immutable, replaced whole.
final class KeyspaceTable {
  // Ascending, and the keyspace of each: every operation of every commit asks.
  private final int[] ids;
  private final Keyspace[] byId;
  private final TreeMap<String, Keyspace> byName;
  private final List<Keyspace> all;

  KeyspaceTable(List<Keyspace> keyspaces) {
    this.byId = keyspaces.toArray(Keyspace[]::new);
    Arrays.sort(byId, Comparator.comparingInt(Keyspace::id));
    this.ids = Arrays.stream(byId).mapToInt(Keyspace::id).toArray();
    this.byName = new TreeMap<>();
    keyspaces.forEach(keyspace -> byName.put(keyspace.name(), keyspace));
    this.all = List.copyOf(byName.values());
  }

  @Nullable Keyspace byId(int id) {
    int place = Arrays.binarySearch(ids, id);
    return place < 0 ? null : byId[place];
  }

  @Nullable Keyspace byName(String name) {
    return byName.get(name);
  }

  /// All of them, by name; the same list each time.
  List<Keyspace> all() {
    return all;
  }

  KeyspaceTable with(Keyspace keyspace) {
    List<Keyspace> more = new ArrayList<>(all);
    more.add(keyspace);
    return new KeyspaceTable(more);
  }

  KeyspaceTable without(Keyspace keyspace) {
    List<Keyspace> fewer = new ArrayList<>(all);
    fewer.remove(keyspace);
    return new KeyspaceTable(fewer);
  }
}
