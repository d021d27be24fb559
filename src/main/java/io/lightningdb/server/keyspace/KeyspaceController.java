package io.lightningdb.server.keyspace;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceChange;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import io.lightningdb.server.web.RequestBodies;
import io.lightningdb.server.web.TakesConditions;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/// Keyspaces: `/v1/keyspaces`.
@RestController
class KeyspaceController {
  private static final String PATH = "/v1/keyspaces/{keyspace}";
  private static final String CONFIRM = "confirm";
  private static final String LIMIT = "limit";
  private static final String CURSOR = "cursor";
  private static final RequestBodies.Limit OPTIONS_LIMIT =
      new RequestBodies.Limit(64 * 1024, ProblemType.BODY_TOO_LARGE);

  private final Keyspaces keyspaces;
  private final KeyspaceService service;
  private final RequestBodies bodies;
  private final LightningProperties.RequestLimits limits;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  /// @param service does the work
  /// @param bodies reads options
  /// @param settings has the limits
  KeyspaceController(
      Keyspaces keyspaces,
      KeyspaceService service,
      RequestBodies bodies,
      LightningProperties settings) {
    this.keyspaces = keyspaces;
    this.service = service;
    this.bodies = bodies;
    this.limits = settings.limits();
  }

  /// Lists keyspaces by name.
  ///
  /// @param query which page
  /// @param request the path asked for
  /// @return a page
  @GetMapping(path = "/v1/keyspaces", produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({LIMIT, CURSOR})
  ResponseEntity<KeyspacePage> list(Query query, HttpServletRequest request) {
    int limit = query.whole(LIMIT, limits.pageEntriesDefault(), 1, limits.pageEntriesMax());
    KeyspacePage page = service.list(query.text(CURSOR), limit);
    ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
    if (page.cursor() != null) {
      answer.header(
          HttpHeaders.LINK,
          "<%s?cursor=%s&limit=%d>; rel=\"next\""
              .formatted(request.getRequestURI(), page.cursor(), limit));
    }
    return answer.body(page);
  }

  /// Describes a keyspace.
  ///
  /// @param name its name
  /// @return options and statistics
  @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<KeyspaceDocument> get(@PathVariable("keyspace") String name) {
    return answer(HttpStatus.OK, keyspaces.get(name))
        .body(KeyspaceDocument.of(keyspaces.get(name)));
  }

  /// Creates a keyspace or changes its options.
  ///
  /// @param name its name
  /// @param request has the options
  /// @return 201 if it was created, 200 if it was there
  /// @throws IOException if the options cannot be read
  @PutMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<KeyspaceDocument> put(
      @PathVariable("keyspace") String name, HttpServletRequest request) throws IOException {
    Keyspaces.checkName(name);
    byte[] body = bodies.readJson(request, OPTIONS_LIMIT);
    KeyspaceService.Configured configured = service.configure(name, body);
    HttpStatus status =
        configured.change() == KeyspaceChange.CREATED ? HttpStatus.CREATED : HttpStatus.OK;
    return answer(status, configured.keyspace()).body(KeyspaceDocument.of(configured.keyspace()));
  }

  private static ResponseEntity.BodyBuilder answer(HttpStatus status, Keyspace keyspace) {
    return ResponseEntity.status(status).header(HttpHeaders.ETAG, KeyspaceTag.of(keyspace));
  }

  /// Drops a keyspace.
  ///
  /// @param name its name
  /// @param query has a confirmation
  /// @param request or has the tag of the keyspace instead
  /// @return 204
  @DeleteMapping(PATH)
  @QueryParameters(CONFIRM)
  @TakesConditions(HttpHeaders.IF_MATCH)
  ResponseEntity<Void> drop(
      @PathVariable("keyspace") String name, Query query, HttpServletRequest request) {
    confirm(keyspaces.get(name), query.text(CONFIRM), request.getHeader(HttpHeaders.IF_MATCH));
    service.drop(name);
    return ResponseEntity.noContent().build();
  }

  private static void confirm(
      Keyspace keyspace, Optional<String> confirmation, @Nullable String ifMatch) {
    if (ifMatch != null) {
      if (!KeyspaceTag.matches(ifMatch, keyspace)) {
        String detail = "The keyspace has other options than those of the tag in If-Match.";
        throw Problem.of(ProblemType.PRECONDITION_FAILED, detail)
            .withHeader(HttpHeaders.ETAG, KeyspaceTag.of(keyspace))
            .asException();
      }
      return;
    }
    if (!confirmation.equals(Optional.of(keyspace.name()))) {
      String detail =
          "Add confirm=%s, or If-Match with the ETag of the keyspace, to drop it with all its entries."
              .formatted(keyspace.name());
      throw Problem.of(ProblemType.CONFIRMATION_REQUIRED, detail)
          .with("parameter", CONFIRM)
          .asException();
    }
  }
}
