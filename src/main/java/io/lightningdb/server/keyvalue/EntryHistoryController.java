package io.lightningdb.server.keyvalue;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.KeyHistory;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// The versions of one key that can still be read: `/v1/keyspaces/{keyspace}/entries/{key}/history`.
@RestController
class EntryHistoryController {
  private static final String LIMIT = "limit";
  private static final String BEFORE = "before";
  private static final int LIMIT_DEFAULT = 20;
  private static final int LIMIT_MAX = 100;

  /// Called by Spring.
  EntryHistoryController() {}

  /// A version of an entry.
  ///
  /// @param version number of its commit
  /// @param deleted whether the commit took the entry away
  /// @param expiresAt when it expires, or null if it does not
  /// @param contentType media type of the value, or null if it was deleted or is too large to be looked at
  /// @param sizeBytes size of the value, or null likewise
  /// @param storedBytes size of the value with its media type as it is stored, or null if it was deleted
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record EntryVersion(
      long version,
      boolean deleted,
      @Nullable Instant expiresAt,
      @Nullable String contentType,
      @Nullable Integer sizeBytes,
      @Nullable Integer storedBytes) {

    private static EntryVersion of(KeyHistory.Version version) {
      StoredValue head = head(version);
      return new EntryVersion(
          version.version(),
          version.deleted(),
          version.expiresAt(),
          head == null ? null : head.contentType(),
          head == null ? null : version.valueBytes() - head.envelope().length,
          version.deleted() ? null : version.valueBytes());
    }

    private static @Nullable StoredValue head(KeyHistory.Version version) {
      if (version.head().length == 0) {
        return null;
      }
      try {
        return StoredValue.of(version.head());
      } catch (ProblemException _) {
        // A program stored it without the service.
        return null;
      }
    }
  }

  /// Versions of an entry.
  ///
  /// @param versions the newest first
  /// @param historyFrom from which version on every moment can be read
  /// @param next what `before` must be for older ones, or null if there are none
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record EntryVersions(List<EntryVersion> versions, long historyFrom, @Nullable Long next) {}

  /// Tells the versions of an entry.
  ///
  /// @param address which entry
  /// @param query which versions and how many
  /// @return the newest of them
  @GetMapping(
      path = "/v1/keyspaces/{keyspace}/entries/{key}/history",
      produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({LIMIT, BEFORE, KeyParameters.KEY_ENCODING})
  EntryVersions history(EntryAddress address, Query query) {
    int limit = query.whole(LIMIT, LIMIT_DEFAULT, 1, LIMIT_MAX);
    long before = query.version(BEFORE).orElse(Long.MAX_VALUE);
    KeyHistory history =
        address.keyspace().history(address.key(), before, limit, StoredValue.ENVELOPE_BYTES_MAX);
    List<EntryVersion> versions = history.versions().stream().map(EntryVersion::of).toList();
    return new EntryVersions(
        versions, history.from(), history.more() ? versions.getLast().version() : null);
  }
}
