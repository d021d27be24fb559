package io.lightningdb.server.mode;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.engine.Database;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.Words;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/// Shows and sets what the service does: `/v1/admin/mode`.
@RestController
class ModeController {
  private static final String PATH = "/v1/admin/mode";
  private static final RequestBodies.Limit BODY_LIMIT =
      new RequestBodies.Limit(16 * 1024, ProblemType.BODY_TOO_LARGE);

  private final ServiceMode mode;
  private final ModeReader reader;
  private final RequestBodies bodies;
  private final Database database;

  /// Called by Spring.
  ///
  /// @param mode keeps the mode
  /// @param reader reads which one is wanted
  /// @param bodies reads bodies
  /// @param database knows of storage failures
  ModeController(ServiceMode mode, ModeReader reader, RequestBodies bodies, Database database) {
    this.mode = mode;
    this.reader = reader;
    this.bodies = bodies;
    this.database = database;
  }

  /// The mode as it is answered.
  ///
  /// @param mode what the service does
  /// @param reason why, or null for `read-write` without a reason
  /// @param since from when on
  /// @param until when it ends, or null if only another mode ends it
  /// @param survivesRestart whether the next start begins with it, if that is not after the end
  /// @param storageFailure what refuses writes in every mode, or null if nothing does
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ModeDocument(
      String mode,
      @Nullable String reason,
      Instant since,
      @Nullable Instant until,
      boolean survivesRestart,
      @Nullable StorageFailure storageFailure) {}

  /// Shows the mode.
  ///
  /// @return the state of this moment
  @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ModeDocument get() {
    return document(mode.state());
  }

  /// Sets the mode.
  ///
  /// @param request says which one, and why
  /// @return the new state
  /// @throws IOException if the body cannot be read
  @PutMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ModeDocument set(HttpServletRequest request) throws IOException {
    byte[] body = bodies.readJson(request, BODY_LIMIT);
    return document(mode.set(reader.read(body, Instant.now())));
  }

  private ModeDocument document(ServiceMode.State state) {
    String reason = state.reason().isEmpty() ? null : state.reason();
    return new ModeDocument(
        Words.of(state.mode()),
        reason,
        state.since(),
        state.until(),
        state.survivesRestart(),
        StorageFailure.of(database));
  }
}
