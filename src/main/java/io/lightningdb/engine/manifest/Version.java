package io.lightningdb.engine.manifest;

import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.manifest.Change.Closed;
import io.lightningdb.engine.manifest.Change.Flushed;
import io.lightningdb.engine.manifest.Change.HistoryFloor;
import io.lightningdb.engine.manifest.Change.KeyspaceDropped;
import io.lightningdb.engine.manifest.Change.KeyspaceSet;
import io.lightningdb.engine.manifest.Change.LogStart;
import io.lightningdb.engine.manifest.Change.Moment;
import io.lightningdb.engine.manifest.Change.NextIds;
import io.lightningdb.engine.manifest.Change.Property;
import io.lightningdb.engine.manifest.Change.RunAdded;
import io.lightningdb.engine.manifest.Change.RunRemoved;
import io.lightningdb.engine.manifest.Change.Unread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The durable state of the database at one moment. Immutable, replaced whole.
///
/// @param databaseId random number that ties files to this database
/// @param keyspaces by id
/// @param logStart where the log starts
/// @param nextIds numbers that were never used
/// @param closed whether the database was closed cleanly, so that there is no log
/// @param momentMillis the greatest moment seen when this was written, in milliseconds since 1970; 0 if none is known
/// @param properties values by name
/// @param unread what later engines have added, in their order
public record Version(
    long databaseId,
    SortedMap<Integer, KeyspaceRecord> keyspaces,
    LogStart logStart,
    NextIds nextIds,
    boolean closed,
    long momentMillis,
    SortedMap<String, String> properties,
    List<Unread> unread) {

  /// Makes the maps unmodifiable.
  public Version {
    keyspaces = Collections.unmodifiableSortedMap(keyspaces);
    properties = Collections.unmodifiableSortedMap(properties);
    unread = List.copyOf(unread);
  }

  /// The state of a new database.
  ///
  /// @param databaseId its random number
  /// @return no keyspaces, no runs, no commits
  public static Version empty(long databaseId) {
    return new Version(
        databaseId,
        new TreeMap<>(),
        new LogStart(1, 0),
        new NextIds(1, 1, 1),
        false,
        0,
        new TreeMap<>(),
        List.of());
  }

  /// The same, closed cleanly or not.
  ///
  /// @param is whether there is no log
  /// @return a changed copy
  public Version withClosed(boolean is) {
    return new Version(
        databaseId, keyspaces, logStart, nextIds, is, momentMillis, properties, unread);
  }

  /// The same with other keyspaces and numbers.
  ///
  /// @param others by id
  /// @param ids numbers that were never used
  /// @return a changed copy
  public Version withKeyspaces(SortedMap<Integer, KeyspaceRecord> others, NextIds ids) {
    return new Version(databaseId, others, logStart, ids, closed, momentMillis, properties, unread);
  }

  /// The same, seen at a moment.
  ///
  /// @param millis milliseconds since 1970; counts as in [Change.Moment]
  /// @return a changed copy
  public Version withMoment(long millis) {
    long moment = SteadyClock.next(momentMillis, millis);
    return new Version(
        databaseId, keyspaces, logStart, nextIds, closed, moment, properties, unread);
  }

  /// The same with another value of a property.
  ///
  /// @param name its name
  /// @param value its value; empty for none
  /// @return a changed copy
  public Version withProperty(String name, String value) {
    SortedMap<String, String> changed = new TreeMap<>(properties);
    if (value.isEmpty()) {
      changed.remove(name);
    } else {
      changed.put(name, value);
    }
    return new Version(
        databaseId, keyspaces, logStart, nextIds, closed, momentMillis, changed, unread);
  }

  /// Applies an edit.
  ///
  /// @param edit what changes
  /// @return the state after it
  /// @throws IllegalArgumentException if the edit does not fit this state
  public Version apply(VersionEdit edit) {
    Builder builder = new Builder(this);
    edit.changes().forEach(builder::apply);
    return builder.build();
  }

  /// The edit that makes this state out of the empty one.
  ///
  /// @return the whole state
  public VersionEdit toEdit() {
    List<Change> changes = new ArrayList<>();
    changes.add(nextIds);
    changes.add(logStart);
    if (momentMillis > 0) {
      changes.add(new Moment(momentMillis));
    }
    properties.forEach((name, value) -> changes.add(new Property(name, value)));
    for (KeyspaceRecord keyspace : keyspaces.values()) {
      changes.add(new KeyspaceSet(keyspace.id(), keyspace.name(), keyspace.options()));
      changes.add(new Flushed(keyspace.id(), keyspace.flushedVersion()));
      changes.add(new HistoryFloor(keyspace.id(), keyspace.historyFloor()));
      keyspace.runs().forEach(run -> changes.add(new RunAdded(keyspace.id(), run)));
    }
    changes.addAll(unread);
    if (closed) {
      changes.add(new Closed());
    }
    return new VersionEdit(changes);
  }

  /// A keyspace by its id.
  ///
  /// @param id its id
  /// @return the keyspace, or null if it does not exist or no longer exists
  public @Nullable KeyspaceRecord keyspace(int id) {
    return keyspaces.get(id);
  }

  /// A state on its way to the next. *Confined to one thread.*
  private static final class Builder {
    private final long databaseId;
    private final TreeMap<Integer, KeyspaceRecord> keyspaces;
    private LogStart logStart;
    private NextIds nextIds;
    private boolean closed;
    private long momentMillis;
    private final TreeMap<String, String> properties;
    private final List<Unread> unread;

    // Parts by file id, of the keyspaces whose runs change; the records get them in the end.
    private final Map<Integer, Map<Long, List<RunRecord>>> runs = new HashMap<>();

    Builder(Version from) {
      databaseId = from.databaseId;
      keyspaces = new TreeMap<>(from.keyspaces);
      logStart = from.logStart;
      nextIds = from.nextIds;
      momentMillis = from.momentMillis;
      properties = new TreeMap<>(from.properties);
      unread = new ArrayList<>(from.unread);
    }

    Version build() {
      runs.forEach((id, files) ->
          keyspaces.computeIfPresent(
              id,
              (_, found) ->
                  found.withRuns(files.values().stream().flatMap(List::stream).toList())));
      return new Version(
          databaseId, keyspaces, logStart, nextIds, closed, momentMillis, properties, unread);
    }

    void apply(Change change) {
      switch (change) {
        case KeyspaceSet set -> setKeyspace(set);
        case KeyspaceDropped dropped -> {
          keyspace(dropped.id());
          keyspaces.remove(dropped.id());
          runs.remove(dropped.id());
        }
        case RunAdded added -> addRun(added);
        case RunRemoved removed -> removeRun(removed);
        case Flushed flushed ->
            keyspaces.computeIfPresent(
                flushed.keyspaceId(), (_, found) -> found.withFlushedVersion(flushed.version()));
        case LogStart start -> logStart = start;
        case NextIds ids -> nextIds = ids;
        case Closed() -> closed = true;
        case Moment(long millis) -> momentMillis = SteadyClock.next(momentMillis, millis);
        case Property(String name, String value) -> setProperty(name, value);
        case Unread optional -> unread.add(optional);
        case HistoryFloor floor ->
            keyspaces.computeIfPresent(
                floor.keyspaceId(), (_, found) -> found.withHistoryFloor(floor.version()));
      }
    }

    private KeyspaceRecord keyspace(int id) {
      KeyspaceRecord found = keyspaces.get(id);
      if (found == null) {
        throw new IllegalArgumentException(
            "an edit names keyspace " + id + ", which does not exist");
      }
      return found;
    }

    private void setProperty(String name, String value) {
      if (value.isEmpty()) {
        properties.remove(name);
      } else {
        properties.put(name, value);
      }
    }

    private void setKeyspace(KeyspaceSet set) {
      KeyspaceRecord found = keyspaces.get(set.id());
      KeyspaceRecord changed =
          found == null
              ? new KeyspaceRecord(set.id(), set.name(), set.options(), 0, 0, List.of())
              : found.withOptions(set.name(), set.options());
      keyspaces.put(set.id(), changed);
    }

    private void addRun(RunAdded added) {
      runsOf(added.keyspaceId())
          .computeIfAbsent(added.run().fileId(), _ -> new ArrayList<>())
          .add(added.run());
    }

    private void removeRun(RunRemoved removed) {
      if (runsOf(removed.keyspaceId()).remove(removed.fileId()) == null) {
        throw new IllegalArgumentException(
            "an edit removes run " + removed.fileId() + ", which does not exist");
      }
    }

    private Map<Long, List<RunRecord>> runsOf(int keyspaceId) {
      KeyspaceRecord keyspace = keyspace(keyspaceId);
      return runs.computeIfAbsent(
          keyspaceId,
          _ ->
              keyspace.runs().stream()
                  .collect(
                      Collectors.groupingBy(
                          RunRecord::fileId,
                          HashMap::new,
                          Collectors.toCollection(ArrayList::new))));
    }
  }
}
