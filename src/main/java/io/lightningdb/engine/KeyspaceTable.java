package io.lightningdb.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The keyspaces that exist. Immutable, replaced whole.
final class KeyspaceTable {
  private final Map<Integer, Keyspace> byId;
  private final TreeMap<String, Keyspace> byName;
  private final List<Keyspace> all;

  KeyspaceTable(List<Keyspace> keyspaces) {
    this.byId = new HashMap<>();
    this.byName = new TreeMap<>();
    for (Keyspace keyspace : keyspaces) {
      byId.put(keyspace.id(), keyspace);
      byName.put(keyspace.name(), keyspace);
    }
    this.all = List.copyOf(byName.values());
  }

  @Nullable Keyspace byId(int id) {
    return byId.get(id);
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
