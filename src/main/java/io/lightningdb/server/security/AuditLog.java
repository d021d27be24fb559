package io.lightningdb.server.security;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
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
/// action is the pattern of the path, and the target names a keyspace or something that has an id. Refusals are bounded: beyond
/// [#DENIALS_PER_MINUTE] only their number is written, so that nobody can wash other lines away.
@Component
public final class AuditLog {
  /// Name of the logger.
  public static final String LOGGER = "lightning.audit";

  /// Most refusals that are written in a minute.
  static final int DENIALS_PER_MINUTE = 600;

  private static final Logger AUDIT = LoggerFactory.getLogger(LOGGER);
  private static final String REQUEST_ID = AuditLog.class.getName() + ".request-id";
  private static final Pattern REQUEST_ID_FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final List<String> TARGETS =
      List.of("keyspace", "snapshot", "token", "transaction");

  private final RequestAccess access;
  private final JsonMapper json;
  private final Clock clock;

  // Guarded by this object.
  private long minute;
  private int denials;

  /// Called by Spring.
  ///
  /// @param access knows which call a request is
  /// @param json writes JSON
  @Autowired
  AuditLog(RequestAccess access, JsonMapper json) {
    this(access, json, Clock.systemUTC());
  }

  /// Told the time by a clock.
  ///
  /// @param access knows which call a request is
  /// @param json writes JSON
  /// @param clock tells the time
  AuditLog(RequestAccess access, JsonMapper json, Clock clock) {
    this.access = access;
    this.json = json;
    this.clock = clock;
  }

  /// The id of a request: the one that the client gave it in `X-Request-Id`, or a new one.
  ///
  /// @param request any request
  /// @return up to 64 letters, digits, dots, dashes and underscores
  static String requestId(HttpServletRequest request) {
    if (request.getAttribute(REQUEST_ID) instanceof String known) {
      return known;
    }
    String sent = request.getHeader("X-Request-Id");
    String id =
        sent != null && REQUEST_ID_FORM.matcher(sent).matches()
            ? sent
            : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    request.setAttribute(REQUEST_ID, id);
    return id;
  }

  /// Writes down that a request was refused.
  ///
  /// @param request what was asked
  /// @param reason why
  /// @return id of the request
  String denied(HttpServletRequest request, DenialReason reason) {
    if (takesDenial()) {
      write(request, "denied: " + reason.word(), null);
    }
    return requestId(request);
  }

  /// Writes down what became of an administrative action.
  ///
  /// @param request what was asked
  /// @param status that it was answered with
  /// @param made path of what was made, or null if nothing was
  void done(HttpServletRequest request, int status, @Nullable String made) {
    write(request, (status < 400 ? "done: " : "failed: ") + status, made);
  }

  /// Counts a refusal, and says how many of the last minute were left out.
  private synchronized boolean takesDenial() {
    long now = clock.millis() / 60_000;
    if (now != minute) {
      int leftOut = denials - DENIALS_PER_MINUTE;
      if (leftOut > 0) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", time());
        line.put("action", "denials left out");
        line.put("count", leftOut);
        AUDIT.info(json.writeValueAsString(line));
      }
      minute = now;
      denials = 0;
    }
    denials++;
    return denials <= DENIALS_PER_MINUTE;
  }

  private String time() {
    return Instant.now(clock).truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private void write(HttpServletRequest request, String outcome, @Nullable String made) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", time());
    line.put("actor", actor());
    line.put("address", request.getRemoteAddr());
    AccessRule rule = access.rule(request).orElse(null);
    line.put("action", rule == null ? request.getMethod() + " unknown path" : rule.toString());
    line.put("target", made == null ? target(request, rule) : made);
    line.put("outcome", outcome);
    line.put("requestId", requestId(request));
    AUDIT.info(json.writeValueAsString(line));
  }

  private static String actor() {
    if (SecurityContextHolder.getContext().getAuthentication()
        instanceof CallerAuthentication known) {
      Caller caller = known.caller();
      return caller.id().isEmpty() ? caller.name() : caller.id() + " " + caller.name();
    }
    return "unknown";
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
