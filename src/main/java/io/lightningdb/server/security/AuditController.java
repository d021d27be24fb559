package io.lightningdb.server.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lightningdb.server.web.Query;
import io.lightningdb.server.web.QueryParameters;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// The last lines of the audit log: `/v1/admin/audit`.
@RestController
class AuditController {
  private static final String LIMIT = "limit";
  private static final String BEFORE = "before";
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 500;

  private final AuditTrail trail;

  /// Called by Spring.
  ///
  /// @param trail has the lines
  AuditController(AuditTrail trail) {
    this.trail = trail;
  }

  /// A line.
  ///
  /// @param time when it was written
  /// @param actor who did it
  /// @param address where it came from
  /// @param action what was asked
  /// @param target of the action
  /// @param outcome what became of it
  /// @param requestId of the request
  record EventDocument(
      Instant time,
      String actor,
      String address,
      String action,
      String target,
      String outcome,
      String requestId) {
    private static EventDocument of(AuditEvent event) {
      return new EventDocument(
          event.time(),
          event.actor(),
          event.address(),
          event.action(),
          event.target(),
          event.outcome(),
          event.requestId());
    }
  }

  /// Some lines.
  ///
  /// @param events the newest first
  /// @param since from when on lines are kept
  /// @param next what `before` must be for the next ones, or null if there are no more
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record AuditDocument(List<EventDocument> events, Instant since, @Nullable String next) {}

  /// Tells the last lines.
  ///
  /// @param query which and how many
  /// @return the newest of them
  @GetMapping(path = "/v1/admin/audit", produces = MediaType.APPLICATION_JSON_VALUE)
  @QueryParameters({LIMIT, BEFORE})
  AuditDocument audit(Query query) {
    int limit = query.whole(LIMIT, LIMIT_DEFAULT, 1, LIMIT_MAX);
    long before = query.text(BEFORE).map(AuditController::number).orElse(Long.MAX_VALUE);
    AuditTrail.Page page = trail.read(before, limit);
    Long next = page.next();
    return new AuditDocument(
        page.events().stream().map(EventDocument::of).toList(),
        trail.since(),
        next == null ? null : Long.toString(next));
  }

  private static long number(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw Query.invalid(BEFORE, "must be what an answer had as next");
    }
    return Long.parseLong(text);
  }
}
