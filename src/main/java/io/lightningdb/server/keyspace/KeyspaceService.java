package io.lightningdb.server.keyspace;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.EngineException;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceChange;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.cache.HeapBytes;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.range.CursorText;
import io.lightningdb.server.keyvalue.range.Cursors;
import io.lightningdb.server.keyvalue.range.Walk;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.security.Caller;
import io.lightningdb.server.share.ShareHolder;
import io.lightningdb.server.share.Shared;
import io.lightningdb.server.share.Shares;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/// Creates, changes, drops and lists keyspaces.
@Service
class KeyspaceService {
  private static final String DEFAULT = "default";

  private final Database database;
  private final OptionsReader options;
  private final Cursors cursors;
  private final CursorText cursorText;
  private final Shares shares;
  private final ApplicationEventPublisher events;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param options reads options
  /// @param cursors keeps lists between two pages
  /// @param cursorText writes and reads cursors
  /// @param shares tells of the caller's share of lists
  /// @param events told when keyspaces come and go
  KeyspaceService(
      Database database,
      OptionsReader options,
      Cursors cursors,
      CursorText cursorText,
      Shares shares,
      ApplicationEventPublisher events) {
    this.database = database;
    this.options = options;
    this.cursors = cursors;
    this.cursorText = cursorText;
    this.shares = shares;
    this.events = events;
  }

  /// What became of a keyspace.
  ///
  /// @param keyspace the keyspace
  /// @param change what was done
  record Configured(Keyspace keyspace, KeyspaceChange change) {}

  /// Creates a keyspace, or changes the options of one. What the body leaves out stays as it is, or becomes the
  /// default of the service.
  ///
  /// @param name its name
  /// @param body a JSON object of options, or nothing
  /// @return what was done
  Configured configure(String name, byte[] body) {
    Keyspaces.checkName(name);
    KeyspaceOptions present =
        database
            .findKeyspace(name)
            .map(Keyspace::options)
            .orElse(database.options().keyspaceDefaults());
    KeyspaceChange change = database.configureKeyspace(name, options.read(body, present));
    if (change == KeyspaceChange.CREATED) {
      events.publishEvent(new KeyspacesChanged());
    }
    return new Configured(database.keyspace(name), change);
  }

  /// Drops a keyspace with all its entries.
  ///
  /// @param name its name
  void drop(String name) {
    if (name.equals(DEFAULT)) {
      throw Problem.of(ProblemType.DEFAULT_KEYSPACE, ProblemType.DEFAULT_KEYSPACE.meaning())
          .asException();
    }
    if (!database.dropKeyspace(name)) {
      // Found before, so dropped by another request since.
      throw Problem.of(ProblemType.KEYSPACE_NOT_FOUND, "There is no keyspace " + name + ".")
          .asException();
    }
    events.publishEvent(new KeyspacesChanged());
  }

  /// A list of keyspaces that is being walked: those that there were when it began. Who goes on with the list of
  /// another sees no more than he may.
  private record KeyspaceWalk(List<String> names) implements Walk {
    // The walk and its list.
    private static final long BYTES = 16 + 40;

    @Override
    public long bytes() {
      return BYTES + HeapBytes.LIST_ENTRY * (long) names.size();
    }

    @Override
    public void close() {
      // Holds nothing that must be given back.
    }
  }

  /// Lists keyspaces.
  ///
  /// @param cursor what the last page ended with, or nothing for the first page
  /// @param limit most keyspaces of the page
  /// @return the page
  KeyspacePage list(Optional<String> cursor, int limit) {
    if (cursor.isEmpty()) {
      KeyspaceWalk walk =
          new KeyspaceWalk(
              database.keyspaces().stream()
                  .map(Keyspace::name)
                  .filter(name -> !Keyspaces.isInternal(name))
                  .toList());
      return page(walk, "", limit, Optional.empty());
    }
    CursorText.Place place = cursorText.read(cursor.get());
    Walk walk =
        cursors
            .find(place.walk())
            .orElseThrow(() ->
                Problem.of(ProblemType.CURSOR_EXPIRED, ProblemType.CURSOR_EXPIRED.meaning())
                    .asException());
    if (walk instanceof KeyspaceWalk keyspaces) {
      String last = new String(place.position(), StandardCharsets.UTF_8);
      return page(keyspaces, last, limit, Optional.of(place.walk()));
    }
    throw Problem.of(ProblemType.INVALID_CURSOR, "The cursor belongs to another list.")
        .asException();
  }

  private KeyspacePage page(KeyspaceWalk walk, String after, int limit, Optional<Long> resting) {
    Caller caller = Caller.current();
    List<String> left =
        walk.names().stream()
            .filter(name -> name.compareTo(after) > 0)
            .filter(caller::sees)
            .toList();
    List<String> shown = left.subList(0, Math.min(limit, left.size()));
    List<KeyspaceDocument> documents = shown.stream().flatMap(this::describe).toList();
    if (shown.size() == left.size()) {
      resting.ifPresent(cursors::end);
      return new KeyspacePage(documents, null);
    }
    long id = resting.orElseGet(() -> keep(walk));
    byte[] last = shown.getLast().getBytes(StandardCharsets.UTF_8);
    return new KeyspacePage(documents, cursorText.write(new CursorText.Place(id, last)));
  }

  private long keep(KeyspaceWalk walk) {
    ShareHolder holder = ShareHolder.current();
    return cursors
        .add(walk, holder)
        .orElseThrow(
            () -> shares.refusal(ProblemType.OVERLOADED, Shared.CURSORS, holder).asException());
  }

  private Stream<KeyspaceDocument> describe(String name) {
    try {
      // Nothing is left to describe of one that was dropped since the list began.
      return database.findKeyspace(name).map(KeyspaceDocument::of).stream();
    } catch (EngineException.KeyspaceNotFound _) {
      return Stream.empty();
    }
  }
}
