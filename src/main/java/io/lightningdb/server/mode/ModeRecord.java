package io.lightningdb.server.mode;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.WriteBatch;
import io.lightningdb.server.web.Words;
import io.lightningdb.token.SecuredMark;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The mode that the next start begins with, as a JSON value in a keyspace that clients neither see nor reach. There is
/// none for [Mode#READ_WRITE]. *Thread-safe*, one writer at a time.
@Component
class ModeRecord {
  /// Name of the keyspace.
  static final String KEYSPACE = SecuredMark.KEYSPACE;

  private static final byte[] KEY = "mode".getBytes(StandardCharsets.US_ASCII);

  private final Database database;
  private final JsonMapper json;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param json reads and writes the value
  ModeRecord(Database database, JsonMapper json) {
    this.database = database;
    this.json = json;
  }

  /// The value as it is stored. A member is added, never given another meaning.
  ///
  /// @param mode word of the mode
  /// @param reason what clients are told that are refused
  /// @param since from when on
  /// @param until when it ends, or null
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Stored(String mode, String reason, Instant since, @Nullable Instant until) {}

  /// Reads the record.
  ///
  /// @return the mode that was set last and is to survive a restart, if there is one
  Optional<ServiceMode.State> read() {
    Keyspace keyspace = database.findKeyspace(KEYSPACE).orElse(null);
    byte[] value = keyspace == null ? null : keyspace.get(KEY);
    if (value == null) {
      return Optional.empty();
    }
    Stored stored = json.readValue(value, Stored.class);
    // A word that a later release wrote means that less is to be done than everything.
    Mode mode = Words.find(Mode.class, stored.mode()).orElse(Mode.MAINTENANCE);
    return Optional.of(
        new ServiceMode.State(mode, stored.reason(), stored.since(), stored.until(), true));
  }

  /// Replaces the record, durably, whatever is switched off.
  ///
  /// @param state what the next start begins with
  void write(ServiceMode.State state) {
    if (state.mode() == Mode.READ_WRITE) {
      remove();
      return;
    }
    Keyspace keyspace = database.keyspace(KEYSPACE, KeyspaceOptions.defaults());
    Stored stored =
        new Stored(Words.of(state.mode()), state.reason(), state.since(), state.until());
    database.writeWhileSwitchedOff(
        new WriteBatch().put(keyspace, KEY, json.writeValueAsBytes(stored)));
  }

  /// Removes the record, durably, if there is one.
  void remove() {
    Optional<Keyspace> keyspace = database.findKeyspace(KEYSPACE);
    if (keyspace.isPresent() && keyspace.get().get(KEY) != null) {
      database.writeWhileSwitchedOff(new WriteBatch().delete(keyspace.get(), KEY));
    }
  }
}
