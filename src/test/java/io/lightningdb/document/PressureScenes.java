package io.lightningdb.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lightningdb.engine.cache.CallerMemory.Use;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.cache.MemoryRefusedException;
import io.lightningdb.server.OwnService;
import io.restassured.response.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What clients and operators do to a server that asks for no token, and what the system does not give it.
final class PressureScenes {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int REQUESTS_MAX = 10_000;
  private static final int PIECES_MAX = 1000;
  private static final long MEGABYTE = 1 << 20;
  private static final String ENTRIES = "/v1/keyspaces/default/entries";

  private final Stage stage;
  private @Nullable MemoryLease lease;

  PressureScenes(Stage stage) {
    this.stage = stage;
  }

  Map<String, Scene> all() {
    return Map.ofEntries(
        Map.entry("an operator has set the mode read-only", this::modeIsReadOnly),
        Map.entry("a request meets a defect", this::requestMeetsADefect),
        Map.entry("a client sends more than it may", this::clientSendsTooMuch),
        Map.entry("requests hold the memory that there is for them", this::memoryIsHeld),
        Map.entry("those requests were cut", this::memoryIsFree),
        Map.entry("a reader holds an old version", this::readerHoldsAVersion),
        Map.entry("the system has no descriptor left for a flush", this::noDescriptors),
        Map.entry("the system has descriptors again", this::descriptorsAreBack));
  }

  private OwnService service() {
    return stage.service();
  }

  private void modeIsReadOnly() {
    service()
        .api()
        .contentType("application/json")
        .body("{\"mode\":\"read-only\",\"reason\":\"moving house\"}")
        .put("/v1/admin/mode")
        .then()
        .statusCode(200);
  }

  private void requestMeetsADefect() {
    Response failed =
        service().api().header(OwnService.DEFECT_HEADER, OwnService.DEFECT).get("/v1/limits");
    assertThat(failed.statusCode()).isEqualTo(500);
    Path log = stage.folder().resolve("server.log");
    await()
        .atMost(SOON)
        .until(() -> Files.readString(log).contains("A request was answered with internal-error"));
  }

  private void clientSendsTooMuch() {
    int status = 404;
    for (int i = 0; i < REQUESTS_MAX && status == 404; i++) {
      status = service().api().get(ENTRIES + "/absent").statusCode();
    }
    assertThat(status).isEqualTo(429);
  }

  /// By one request that has the turn when nothing is left for all; the next one that needs some is refused.
  private void memoryIsHeld() {
    MemoryLease all = service().database().memoryLease();
    lease = all;
    boolean isRefused = false;
    for (int i = 0; i < PIECES_MAX && !isRefused; i++) {
      all.take(Use.INCOMING, MEGABYTE);
      try (MemoryLease other = service().database().memoryLease()) {
        other.take(Use.INCOMING, 2 * MEGABYTE);
      } catch (MemoryRefusedException _) {
        isRefused = true;
      }
    }
    assertThat(isRefused).isTrue();
  }

  private void memoryIsFree() {
    if (lease != null) {
      lease.close();
      lease = null;
    }
  }

  /// A list that rests after its first page.
  private void readerHoldsAVersion() {
    for (String key : List.of("a", "b", "c")) {
      service().database().keyspace("default").put(("list-" + key).getBytes(UTF_8), new byte[1]);
    }
    String cursor =
        service()
            .api()
            .get(ENTRIES + "?limit=1&prefix=list-&fields=key")
            .jsonPath()
            .getString("cursor");
    assertThat(cursor).isNotEmpty();
  }

  private void noDescriptors() {
    service().trouble().refuseFiles(true);
    service().api().body("x").put(ENTRIES + "/flushed");
    service()
        .api()
        .contentType("application/json")
        .body("{\"kind\":\"flush\"}")
        .post("/v1/admin/operations");
    await()
        .atMost(SOON)
        .until(() -> service().meter("lightning.system.refusals", "resource", "descriptors") > 0);
  }

  private void descriptorsAreBack() {
    service().trouble().refuseFiles(false);
    await().atMost(SOON).until(() -> service().database().stats().flushBacklog() == 0);
  }
}
