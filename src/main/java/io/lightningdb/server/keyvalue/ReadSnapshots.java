package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Database;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/// Takes the snapshots that reads are answered from: of this moment, or of the past version that the parameter `at`
/// names.
@Component
public final class ReadSnapshots {
  /// Name of the query parameter.
  public static final String AT = "at";

  private static final int PATH_LENGTH_MAX = 200;

  private final Database database;
  private final HttpServletRequest request;

  /// Called by Spring.
  ///
  /// @param database the open database
  /// @param request stands for the request that the calling thread serves
  ReadSnapshots(Database database, HttpServletRequest request) {
    this.database = database;
    this.request = request;
  }

  /// Takes a snapshot of this moment in the name of the request.
  ///
  /// @return to be closed by the caller
  public Snapshot take() {
    return database.snapshot(owner());
  }

  private String owner() {
    String path = request.getRequestURI();
    String shown = path.substring(0, Math.min(path.length(), PATH_LENGTH_MAX));
    // Every read comes here, and a format would cost more than the read.
    return "client " + request.getRemoteAddr() + ", " + request.getMethod() + " " + shown;
  }

  /// Takes the snapshot that a request asks for.
  ///
  /// @param query has the version, or nothing for the visible one
  /// @return to be closed by the caller; reads through it throw
  ///     [io.lightningdb.engine.EngineException.VersionNotRetained] where a past version is no longer kept
  /// @throws io.lightningdb.server.problem.ProblemException if the version is none, or is not visible yet
  public Snapshot take(Query query) {
    OptionalLong version = query.version(AT);
    return version.isPresent() ? past(version.getAsLong()) : take();
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
    return database.snapshotAt(version, owner());
  }
}
