package io.lightningdb.engine.testkit;

import io.lightningdb.engine.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a database should hold: sorted maps that keep every version of every entry, and a time of day at which some of these
/// have expired.
///
/// *Not thread-safe.* So plain that it is right at a glance; everything else is compared with it.
public final class Model {
  private final NavigableMap<String, Table> tables = new TreeMap<>();
  private long version;
  private long nowMillis;

  /// Makes an empty model.
  public Model() {}

  /// One keyspace: for each key its values by version, where an absent value is a deletion.
  private static final class Table {
    final NavigableMap<byte[], NavigableMap<Long, Optional<Entry>>> keys =
        new TreeMap<>(Arrays::compareUnsigned);

    void set(byte[] key, long version, Optional<Entry> value) {
      keys.computeIfAbsent(key, _ -> new TreeMap<>()).put(version, value);
    }

    @Nullable Entry get(byte[] key, long version, long instantMillis) {
      NavigableMap<Long, Optional<Entry>> versions = keys.get(key);
      Map.Entry<Long, Optional<Entry>> found =
          versions == null ? null : versions.floorEntry(version);
      return found == null
          ? null
          : found.getValue().filter(entry -> entry.expiryMillis() > instantMillis).orElse(null);
    }

    void forget(long after) {
      keys.values().forEach(versions -> versions.tailMap(after, false).clear());
      keys.values().removeIf(Map::isEmpty);
    }
  }

  /// Creates a keyspace if there is none of this name.
  ///
  /// @param keyspace its name
  public void create(String keyspace) {
    tables.computeIfAbsent(keyspace, _ -> new Table());
  }

  /// Drops a keyspace with all its entries.
  ///
  /// @param keyspace its name
  /// @return false if there was none
  public boolean drop(String keyspace) {
    return tables.remove(keyspace) != null;
  }

  /// Names of the keyspaces.
  ///
  /// @return the names, ascending; a view
  public NavigableSet<String> keyspaces() {
    return tables.navigableKeySet();
  }

  /// What time it is.
  ///
  /// @return milliseconds since 1970-01-01T00:00Z; 0 unless it was set
  public long nowMillis() {
    return nowMillis;
  }

  /// Sets the time.
  ///
  /// @param millis milliseconds since 1970-01-01T00:00Z
  public void setNowMillis(long millis) {
    nowMillis = millis;
  }

  /// Number of the newest commit.
  ///
  /// @return 0 for the empty model
  public long version() {
    return version;
  }

  /// Applies a commit.
  ///
  /// @param changes in order; those of keyspaces that do not exist are left out
  /// @return its version: one more than the last, or the last one if there is nothing to change
  public long commit(List<Change> changes) {
    if (changes.stream().allMatch(Change::isVoid)) {
      return version;
    }
    version++;
    for (Change change : changes) {
      Table table = tables.get(change.keyspace());
      if (table != null) {
        apply(change, table);
      }
    }
    return version;
  }

  private void apply(Change change, Table table) {
    switch (change) {
      case Change.Put put ->
          table.set(put.key(), version, Optional.of(new Entry(put.value(), version)));
      case Change.PutFor put ->
          table.set(
              put.key(),
              version,
              Optional.of(new Entry(put.value(), version, put.expiryMillis(nowMillis))));
      case Change.Delete delete -> table.set(delete.key(), version, Optional.empty());
      case Change.DeleteRange range -> {
        for (byte[] key : List.copyOf(table.keys.keySet())) {
          if (range.span().contains(key)) {
            table.set(key, version, Optional.empty());
          }
        }
      }
    }
  }

  /// Forgets the newest commits.
  ///
  /// @param last the newest commit that stays
  public void rollback(long last) {
    tables.values().forEach(table -> table.forget(last));
    version = last;
  }

  /// Looks an entry up.
  ///
  /// @param keyspace an existing keyspace
  /// @param key its key
  /// @param at the newest commit seen
  /// @return the entry, or null
  public @Nullable Entry get(String keyspace, byte[] key, long at) {
    return table(keyspace).get(key, at, nowMillis);
  }

  /// Lists entries in the order of a span.
  ///
  /// @param keyspace an existing keyspace
  /// @param span which, and in which direction
  /// @param at the newest commit seen
  /// @return keys with their entries
  public List<Map.Entry<byte[], Entry>> scan(String keyspace, KeySpan span, long at) {
    return scan(keyspace, span, at, nowMillis);
  }

  /// Lists entries in the order of a span, as they were at another time.
  ///
  /// @param keyspace an existing keyspace
  /// @param span which, and in which direction
  /// @param at the newest commit seen
  /// @param instantMillis what has expired by then is not seen
  /// @return keys with their entries
  public List<Map.Entry<byte[], Entry>> scan(
      String keyspace, KeySpan span, long at, long instantMillis) {
    Table table = table(keyspace);
    List<Map.Entry<byte[], Entry>> found = new ArrayList<>();
    for (byte[] key : span.reversed() ? table.keys.descendingKeySet() : table.keys.keySet()) {
      Entry entry = span.contains(key) ? table.get(key, at, instantMillis) : null;
      if (entry != null) {
        found.add(Map.entry(key, entry));
      }
    }
    return found;
  }

  private Table table(String keyspace) {
    Table table = tables.get(keyspace);
    if (table == null) {
      throw new IllegalArgumentException("the model has no keyspace " + keyspace);
    }
    return table;
  }
}
