package io.lightningdb.server.security;

import io.lightningdb.server.web.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.server.PathContainer;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes down what administrators do and who was refused, one line of JSON each, to the logger `lightning.audit`. *Thread-safe.*
///
/// A line has `time`, `actor`, `address`, `action`, `target`, `outcome` and `requestId`. Keys, values and tokens are never in it: the
/// action is the pattern of the path, and the target names a keyspace or something that has an id, but nothing that an unknown caller wrote. Refusals are bounded: beyond
/// [#DENIALS_PER_MINUTE] only their number is written, so that nobody can wash other lines away.
@Component
public final class AuditLog {
  /// Name of the logger.
  public static final String LOGGER = "lightning.audit";

  /// Most refusals that are written in a minute.
  static final int DENIALS_PER_MINUTE = 600;

  private static final Logger AUDIT = LoggerFactory.getLogger(LOGGER);
  private static final String UNKNOWN = "unknown";
  private static final List<String> TARGETS =
      List.of("keyspace", "snapshot", "token", "transaction");

  private final RequestAccess access;
  private final JsonMapper json;
  private final AuditTrail trail;
  private final Clock clock;

  // Guarded by this object.
  private long minute;
  private int denials;

  /// Called by Spring.
  ///
  /// @param access knows which call a request is
  /// @param json writes JSON
  /// @param trail keeps the last lines
  @Autowired
  AuditLog(RequestAccess access, JsonMapper json, AuditTrail trail) {
    this(access, json, trail, Clock.systemUTC());
  }

  /// Told the time by a clock.
  ///
  /// @param access knows which call a request is
  /// @param json writes JSON
  /// @param trail keeps the last lines
  /// @param clock tells the time
  AuditLog(RequestAccess access, JsonMapper json, AuditTrail trail, Clock clock) {
    this.access = access;
    this.json = json;
    this.trail = trail;
    this.clock = clock;
  }

  /// Writes down that a request was refused.
  ///
  /// @param request what was asked
  /// @param reason why
  void denied(HttpServletRequest request, DenialReason reason) {
    if (takesDenial()) {
      write(request, AuditTrail.Kind.REFUSED, "denied: " + reason.word(), null);
    }
  }

  /// Writes down what became of an administrative action.
  ///
  /// @param request what was asked
  /// @param status that it was answered with
  /// @param made path of what was made, or null if nothing was
  void done(HttpServletRequest request, int status, @Nullable String made) {
    String outcome = (status < 400 ? "done: " : "failed: ") + status;
    write(request, AuditTrail.Kind.DONE, outcome, made);
  }

  /// Counts a refusal, and says how many of the last minute were left out.
  private synchronized boolean takesDenial() {
    long now = clock.millis() / 60_000;
    if (now != minute) {
      int leftOut = denials - DENIALS_PER_MINUTE;
      if (leftOut > 0) {
        Instant time = time();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", time.toString());
        line.put("action", "denials left out");
        line.put("count", leftOut);
        AUDIT.info(json.writeValueAsString(line));
        String outcome = "left out: " + leftOut;
        trail.add(
            AuditTrail.Kind.REFUSED,
            number ->
                new AuditEvent(number, time, UNKNOWN, "", "denials left out", "", outcome, ""));
      }
      minute = now;
      denials = 0;
    }
    denials++;
    return denials <= DENIALS_PER_MINUTE;
  }

  private Instant time() {
    return Instant.now(clock).truncatedTo(ChronoUnit.MILLIS);
  }

  private void write(
      HttpServletRequest request, AuditTrail.Kind kind, String outcome, @Nullable String made) {
    Instant time = time();
    String actor = actor();
    AccessRule rule = access.rule(request).orElse(null);
    String action = rule == null ? RequestId.method(request) + " unknown path" : rule.toString();
    String target = made != null ? made : actor.equals(UNKNOWN) ? "" : target(request, rule);
    String address = request.getRemoteAddr();
    String id = RequestId.of(request);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", time.toString());
    line.put("actor", actor);
    line.put("address", address);
    line.put("action", action);
    line.put("target", target);
    line.put("outcome", outcome);
    line.put("requestId", id);
    AUDIT.info(json.writeValueAsString(line));
    trail.add(
        kind, number -> new AuditEvent(number, time, actor, address, action, target, outcome, id));
  }

  private static String actor() {
    if (SecurityContextHolder.getContext().getAuthentication()
        instanceof CallerAuthentication known) {
      Caller caller = known.caller();
      return caller.id().isEmpty() ? caller.name() : caller.id() + " " + caller.name();
    }
    return UNKNOWN;
  }

  private static String target(HttpServletRequest request, @Nullable AccessRule rule) {
    PathContainer path = RequestAccess.path(request);
    if (rule == null || path == null) {
      return "";
    }
    for (String name : TARGETS) {
      String value = rule.variable(path, name);
      if (!value.isEmpty()) {
        // The id of a transaction ends in what only its client knows.
        String told = name.equals("transaction") ? value.replaceFirst("-.*", "") : value;
        return name + " " + told.substring(0, Math.min(told.length(), 100));
      }
    }
    return "";
  }
}
