package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.lightningdb.engine.cache.MemoryAccount;
import io.lightningdb.token.Role;
import io.restassured.path.json.JsonPath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// The last lines of the audit log are there for administrators alone.
class AuditTrailTest extends SecuredService {
  private static final String AUDIT = "/v1/admin/audit";

  private static AuditTrail.Line line(String text) {
    return number -> new AuditEvent(number, Instant.EPOCH, text, "", text, text, "done: 200", "id");
  }

  @Test
  void refusalsNeverTakeThePlaceOfWhatWasDone() {
    AtomicLong charged = new AtomicLong();
    AuditTrail trail = new AuditTrail(charged::addAndGet, Instant.EPOCH);
    for (int i = 0; i < 10; i++) {
      trail.add(AuditTrail.Kind.DONE, line("done"));
    }
    for (int i = 0; i < 5 * AuditTrail.EVENTS_MAX; i++) {
      trail.add(AuditTrail.Kind.REFUSED, line("refused by <script>" + "x".repeat(10_000)));
    }

    List<AuditEvent> all = new ArrayList<>();
    AuditTrail.Page page = trail.read(Long.MAX_VALUE, 300);
    all.addAll(page.events());
    while (page.next() != null) {
      assertThat(page.events()).hasSize(300);
      page = trail.read(page.next(), 300);
      all.addAll(page.events());
    }

    assertThat(all).hasSize(AuditTrail.EVENTS_MAX + 10);
    assertThat(new HashSet<>(all)).hasSameSizeAs(all);
    assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(b.number(), a.number()));
    assertThat(all.subList(AuditTrail.EVENTS_MAX, all.size()))
        .allMatch(event -> event.actor().equals("done"));
    assertThat(all).allMatch(event -> event.actor().length() <= 201);
    assertThat(charged.get()).isBetween(1_000L * 600, 4L << 20);
    trail.destroy();
    assertThat(charged.get()).isZero();
  }

  @Test
  void pagesEndWhereThereIsNothingOlder() {
    AuditTrail trail = new AuditTrail(MemoryAccount.NONE, Instant.EPOCH);
    assertThat(trail.read(Long.MAX_VALUE, 1)).isEqualTo(new AuditTrail.Page(List.of(), null));
    trail.add(AuditTrail.Kind.DONE, line("a"));
    trail.add(AuditTrail.Kind.REFUSED, line("b"));
    assertThat(trail.read(Long.MAX_VALUE, 2).next()).isNull();
    assertThat(trail.read(Long.MAX_VALUE, 1).next()).isEqualTo(2);
    assertThat(trail.read(2, 1).next()).isNull();
  }

  @Test
  void administratorsSeeWhatWasDoneAndRefused() {
    with(ADMIN)
        .header("X-Request-Id", "trail-make")
        .put("/v1/keyspaces/trail-made")
        .then()
        .statusCode(201);
    with(Role.READER)
        .header("X-Request-Id", "trail-denied")
        .header("User-Agent", "<script>alert(1)</script>")
        .put("/v1/keyspaces/trail-denied")
        .then()
        .statusCode(403);

    JsonPath audit =
        with(Role.ADMIN).get(AUDIT + "?limit=500").then().statusCode(200).extract().jsonPath();
    String event = "events.find { it.requestId == '%s' }.%s";
    assertThat(audit.getString(event.formatted("trail-make", "outcome"))).isEqualTo("done: 201");
    assertThat(audit.getString(event.formatted("trail-make", "target")))
        .isEqualTo("keyspace trail-made");
    assertThat(audit.getString(event.formatted("trail-denied", "outcome"))).startsWith("denied: ");
    assertThat(Instant.parse(audit.getString("since"))).isBefore(Instant.now());

    JsonPath first = with(Role.ADMIN).get(AUDIT + "?limit=1").jsonPath();
    assertThat(first.getList("events")).hasSize(1);
    with(Role.ADMIN)
        .get(AUDIT + "?limit=1&before=" + first.getString("next"))
        .then()
        .statusCode(200)
        .body("events", hasSize(1));
    with(Role.ADMIN).get(AUDIT + "?before=0").then().body("events", hasSize(0));
    for (String refused : List.of("limit=0", "limit=501", "before=x", "before=-1")) {
      with(Role.ADMIN)
          .get(AUDIT + "?" + refused)
          .then()
          .statusCode(400)
          .body("type", equalTo("/problems/invalid-parameter"));
    }
    with(Role.OPERATOR).get(AUDIT).then().statusCode(403);
  }
}
