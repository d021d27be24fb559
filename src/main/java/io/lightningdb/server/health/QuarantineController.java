package io.lightningdb.server.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.Database;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.server.web.ShownKey;
import io.lightningdb.server.web.ShownKeys;
import io.lightningdb.server.web.Words;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// What is damaged, for people: `/v1/admin/quarantine`. `/actuator/integrity` has it, too, with whole keys.
@RestController
class QuarantineController {
  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  QuarantineController(Database database) {
    this.database = database;
  }

  /// A damaged part of a run.
  ///
  /// @param keyspace whose it is
  /// @param file name of the file
  /// @param offset place in the file
  /// @param bytes its length, 0 if that is not known
  /// @param firstKey the least key that cannot be read, or not all of whose versions can
  /// @param lastKey the greatest of them, or null if only `endKey` is known
  /// @param endKey the least key behind them, or null if `lastKey` is known or there is no bound
  /// @param foundAt when it was found
  /// @param foundBy who found it
  /// @param reason what is wrong
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ItemDocument(
      String keyspace,
      String file,
      long offset,
      long bytes,
      ShownKey firstKey,
      @Nullable ShownKey lastKey,
      @Nullable ShownKey endKey,
      Instant foundAt,
      String foundBy,
      String reason) {
    private static ItemDocument of(QuarantinedBlock block) {
      ShownKeys keys = ShownKeys.of(block.keys());
      return new ItemDocument(
          block.keyspace(),
          block.file(),
          block.offset(),
          block.bytes(),
          keys.first(),
          keys.last(),
          keys.end(),
          Instant.ofEpochMilli(block.foundMillis()),
          Words.of(block.foundBy()),
          block.reason());
    }
  }

  /// All of it.
  ///
  /// @param items in the order in which they were found
  record ListDocument(List<ItemDocument> items) {}

  /// Lists what is damaged, as much as the engine lists: 1000 parts at most.
  ///
  /// @return the state of this moment
  @GetMapping(path = "/v1/admin/quarantine", produces = MediaType.APPLICATION_JSON_VALUE)
  ListDocument list() {
    return new ListDocument(database.quarantine().stream().map(ItemDocument::of).toList());
  }
}
