package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.Query;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/// Takes the snapshots that reads are answered from: of this moment, or of the past version that the parameter `at` names.
@Component
public final class ReadSnapshots {
  /// Name of the query parameter.
  public static final String AT = "at";

  private final Database database;

  /// Called by Spring.
  ///
  /// @param database the open database
  ReadSnapshots(Database database) {
    this.database = database;
  }

  /// Takes the snapshot that a request asks for.
  ///
  /// @param query has the version, or nothing for the visible one
  /// @return to be closed by the caller; reads through it throw [io.lightningdb.engine.EngineException.VersionNotRetained]
  ///     where a past version is no longer kept
  /// @throws io.lightningdb.server.problem.ProblemException if the version is none, or is not visible yet
  public Snapshot take(Query query) {
    OptionalLong version = query.version(AT);
    return version.isPresent() ? past(version.getAsLong()) : database.snapshot();
  }

  private Snapshot past(long version) {
    long visible = database.visibleVersion();
    if (version > visible) {
      String detail =
          "The parameter at names version %d, and the visible version is %d."
              .formatted(version, visible);
      throw Problem.of(ProblemType.INVALID_PARAMETER, detail)
          .with("parameter", AT)
          .withLimit(visible, version)
          .asException();
    }
    return database.snapshotAt(version);
  }
}
