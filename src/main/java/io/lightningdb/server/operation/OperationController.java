package io.lightningdb.server.operation;

import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.web.RequestBodies;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Begins, shows and cancels operations: `/v1/admin/operations`.
@RestController
class OperationController {
  static final String PATH = "/v1/admin/operations";

  private static final RequestBodies.Limit BODY_LIMIT =
      new RequestBodies.Limit(4096, ProblemType.BODY_TOO_LARGE);

  private final Operations operations;
  private final OperationReader reader;
  private final RequestBodies bodies;

  /// Called by Spring.
  ///
  /// @param operations runs them
  /// @param reader reads what they are to do
  /// @param bodies reads bodies
  OperationController(Operations operations, OperationReader reader, RequestBodies bodies) {
    this.operations = operations;
    this.reader = reader;
    this.bodies = bodies;
  }

  /// The operations.
  ///
  /// @param operations newest first
  record ListDocument(List<Operation> operations) {}

  /// Begins an operation.
  ///
  /// @param request says what it is to do
  /// @return 202 with the operation, and where to look for it
  /// @throws IOException if the body cannot be read
  @PostMapping(
      path = PATH,
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Operation> start(HttpServletRequest request) throws IOException {
    Operation started = operations.start(reader.read(bodies.readJson(request, BODY_LIMIT)));
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + started.id())).body(started);
  }

  /// Lists operations, as many as are kept: their number is bounded.
  ///
  /// @return those that run and the last ones that ended
  @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ListDocument list() {
    return new ListDocument(operations.list());
  }

  /// Shows an operation.
  ///
  /// @param id names it
  /// @return the operation as it stands
  @GetMapping(path = PATH + "/{operation}", produces = MediaType.APPLICATION_JSON_VALUE)
  Operation get(@PathVariable("operation") String id) {
    return operations.get(id);
  }

  /// Asks an operation to stop.
  ///
  /// @param id names it
  /// @return 202 with the operation as it stands
  @DeleteMapping(path = PATH + "/{operation}", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Operation> cancel(@PathVariable("operation") String id) {
    return ResponseEntity.accepted().body(operations.cancel(id));
  }
}
