package io.lightningdb.server.admin;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.SnapshotInfo;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemException;
import io.lightningdb.server.problem.ProblemType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Who keeps old versions from being removed, and since when: `/v1/admin/snapshots`.
@RestController
class SnapshotController {
  private static final String PATH = "/v1/admin/snapshots";

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  SnapshotController(Database database) {
    this.database = database;
  }

  /// An open snapshot.
  ///
  /// @param id its number
  /// @param owner who took it; empty if nobody said
  /// @param version newest version that it sees
  /// @param openedAt when it was taken
  /// @param ageMillis time since then
  record SnapshotDocument(long id, String owner, long version, Instant openedAt, long ageMillis) {
    private static SnapshotDocument of(SnapshotInfo snapshot, Instant now) {
      return new SnapshotDocument(
          snapshot.id(),
          snapshot.owner(),
          snapshot.version(),
          now.minus(snapshot.age()).truncatedTo(ChronoUnit.MILLIS),
          snapshot.age().toMillis());
    }
  }

  /// The open snapshots.
  ///
  /// @param snapshots in the order in which they were taken
  record ListDocument(List<SnapshotDocument> snapshots) {}

  /// Lists the open snapshots, as many as there are: running requests, resting lists and transactions are bounded in number.
  ///
  /// @return the snapshots of this moment
  @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ListDocument list() {
    Instant now = Instant.ofEpochMilli(database.steadyMillis());
    return new ListDocument(
        database.snapshots().stream().map(each -> SnapshotDocument.of(each, now)).toList());
  }

  /// Ends a snapshot: its reader is told, and a transaction that reads through it expires.
  ///
  /// @param id number of the snapshot
  /// @return 204
  @DeleteMapping(PATH + "/{snapshot}")
  ResponseEntity<Void> end(@PathVariable("snapshot") String id) {
    if (!id.matches("[0-9]{1,18}") || !database.endSnapshot(Long.parseLong(id))) {
      throw notFound();
    }
    return ResponseEntity.noContent().build();
  }

  private static ProblemException notFound() {
    return Problem.of(ProblemType.SNAPSHOT_NOT_FOUND, ProblemType.SNAPSHOT_NOT_FOUND.meaning())
        .asException();
  }
}
