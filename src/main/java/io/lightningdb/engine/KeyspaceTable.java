package io.lightningdb.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The keyspaces that exist. Immutable, replaced whole.
final class KeyspaceTable {
  private final Map<Integer, Keyspace> byId;
  private final TreeMap<String, Keyspace> byName;

  KeyspaceTable(List<Keyspace> keyspaces) {
    this.byId = new TreeMap<>();
    this.byName = new TreeMap<>();
    for (Keyspace keyspace : keyspaces) {
      byId.put(keyspace.id(), keyspace);
      byName.put(keyspace.name(), keyspace);
    }
  }

  @Nullable Keyspace byId(int id) {
    return byId.get(id);
  }

  @Nullable Keyspace byName(String name) {
    return byName.get(name);
  }

  List<Keyspace> all() {
    return List.copyOf(byName.values());
  }

  KeyspaceTable with(Keyspace keyspace) {
    List<Keyspace> all = new ArrayList<>(byName.values());
    all.add(keyspace);
    return new KeyspaceTable(all);
  }

  KeyspaceTable without(Keyspace keyspace) {
    List<Keyspace> all = new ArrayList<>(byName.values());
    all.remove(keyspace);
    return new KeyspaceTable(all);
  }
}
