package io.lightningdb.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import io.lightningdb.engine.io.DiskStorage;
import io.lightningdb.token.KeyspacePattern;
import io.lightningdb.token.NewToken;
import io.lightningdb.token.Rights;
import io.lightningdb.token.Role;
import io.lightningdb.token.TokenFile;
import io.lightningdb.token.Tokens;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What one caller takes keeps nobody else out, and administrators least of all.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FairShareTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ENTRIES = "/v1/keyspaces/default/entries";
  private static final String EXECUTE =
      """
      {"then":[{"put":{"keyspace":"default","key":"executed","value":1}}]}
      """;

  private static final NewToken GREEDY = token("greedy", Role.WRITER);
  private static final NewToken OTHER = token("other", Role.READER);
  private static final NewToken ADMIN = token("admin", Role.ADMIN);

  private StartedService service;

  private static NewToken token(String name, Role role) {
    return NewToken.of(
        name, Rights.of(List.of(role), List.of(KeyspacePattern.ALL)), Instant.now(), null);
  }

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    TokenFile.write(
        DiskStorage.inDirectory(directory),
        Tokens.NONE.with(GREEDY.token()).with(OTHER.token()).with(ADMIN.token()));
    service =
        StartedService.start(
            directory,
            "--lightning.transactions.open-max=64",
            "--lightning.limits.cursors-max=40",
            "--lightning.limits.wait-for-version-max=1m",
            "--lightning.requests.active-max=40",
            "--lightning.requests.queued-max=40",
            "--lightning.requests.queue-wait-max=1m",
            "--lightning.memory.budget=32MB");
    for (String key : List.of("a", "b", "c")) {
      with(ADMIN).body("1").put(ENTRIES + "/" + key).then().statusCode(201);
    }
  }

  @AfterAll
  void stop() {
    service.close();
  }

  /// So that no test feels what another wanted.
  @AfterEach
  void endTransactions() {
    List<String> open =
        with(ADMIN).get("/v1/admin/transactions").jsonPath().getList("transactions.transaction.id");
    open.forEach(id -> with(ADMIN).delete("/v1/admin/transactions/" + id));
  }

  private io.restassured.specification.RequestSpecification with(NewToken token) {
    return service.with(token.text());
  }

  private List<String> beginAll(NewToken token) {
    List<String> begun = new ArrayList<>();
    Response answer = with(token).post("/v1/transactions");
    while (answer.statusCode() == 201 && begun.size() < 100) {
      begun.add(answer.header("Location"));
      answer = with(token).post("/v1/transactions");
    }
    answer
        .then()
        .statusCode(429)
        .header("Retry-After", "1")
        .body("type", equalTo("/problems/transactions-limit"))
        .body("limit", equalTo(64))
        .body("held", equalTo(begun.size()))
        .body("share", greaterThan(0));
    return begun;
  }

  private void adminBeginsAndExecutes() {
    with(ADMIN).post("/v1/transactions").then().statusCode(201);
    execute(ADMIN);
  }

  private void execute(NewToken token) {
    with(token)
        .contentType(ContentType.JSON)
        .body(EXECUTE)
        .post("/v1/transactions:execute")
        .then()
        .statusCode(200);
  }

  @Test
  void whoBeginsAllTransactionsLeavesSomeToOthersAndGetsNoMoreWhileTheyWantSome() {
    List<String> begun = beginAll(GREEDY);

    assertThat(begun).as("all but what is kept free").hasSize(60);
    with(OTHER).post("/v1/transactions").then().statusCode(201);
    with(OTHER).post("/v1/transactions").then().statusCode(429);
    adminBeginsAndExecutes();
    // It ends with its request and needs no place.
    execute(GREEDY);
    with(GREEDY).delete(begun.getLast()).then().statusCode(204);
    with(GREEDY).delete(begun.getFirst()).then().statusCode(204);
    with(GREEDY).delete(begun.get(2)).then().statusCode(204);
    with(GREEDY).post("/v1/transactions").then().statusCode(429);
    with(OTHER).post("/v1/transactions").then().statusCode(201);
    with(GREEDY).get(begun.get(1)).then().statusCode(200);
  }

  @Test
  void whoFillsTheMemoryOfTransactionsLeavesSomeToAdministrators() {
    String transaction = with(GREEDY).post("/v1/transactions").header("Location");
    String entries = transaction + "/keyspaces/default/entries/large-";
    Response answer = with(GREEDY).body(new byte[100_000]).put(entries + 0);
    for (int i = 1; i < 200 && answer.statusCode() == 204; i++) {
      answer = with(GREEDY).body(new byte[100_000]).put(entries + i);
    }

    answer
        .then()
        .statusCode(503)
        .header("Retry-After", "1")
        .body("type", equalTo("/problems/overloaded"))
        .body("share", greaterThan(0));
    adminBeginsAndExecutes();
    with(GREEDY).get(transaction + "/keyspaces/default/entries/large-0").then().statusCode(200);
    with(GREEDY).delete(transaction).then().statusCode(204);
    execute(GREEDY);
  }

  private String list(NewToken token) {
    return with(token).get(ENTRIES + "?limit=1").then().statusCode(200).extract().path("cursor");
  }

  private int page(NewToken token, String cursor) {
    return with(token).get(ENTRIES + "?limit=1&cursor=" + cursor).statusCode();
  }

  @Test
  void whoStartsManyListsEndsItsOwnAndNobodyElses() {
    String others = list(OTHER);
    String admins = list(ADMIN);
    List<String> own = new ArrayList<>();
    for (int i = 0; i < 105; i++) {
      own.add(list(GREEDY));
    }

    assertThat(page(OTHER, others)).isEqualTo(200);
    assertThat(page(ADMIN, admins)).isEqualTo(200);
    assertThat(page(GREEDY, own.getFirst())).isEqualTo(410);
    assertThat(page(GREEDY, own.getLast())).isEqualTo(200);
    // A list of one page takes no place.
    with(GREEDY).get(ENTRIES + "?limit=100").then().statusCode(200);
    assertThat(page(GREEDY, own.getLast())).isEqualTo(200);
  }

  private CompletableFuture<Integer> waiting(HttpClient client, long version) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + ENTRIES + "/a"))
            .header("Authorization", "Bearer " + GREEDY.text())
            .header("Lightning-Version-At-Least", Long.toString(version))
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .thenApply(HttpResponse::statusCode);
  }

  private double held(String shared) {
    String name = "lightning_share_held{shared=\"" + shared + "\"} ";
    return with(ADMIN)
        .get("/actuator/prometheus")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whoseRequestsFillAllPlacesAndAllOfTheQueueKeepsNobodyOut() throws Exception {
    long next = Long.parseLong(with(ADMIN).get(ENTRIES + "/a").header("Lightning-Version")) + 1;
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < 90; i++) {
        answers.add(waiting(client, next));
      }
      await().atMost(SOON).until(() -> held("requests-active") == 38);
      await().atMost(SOON).until(() -> held("requests-queued") == 38);

      with(OTHER).get(ENTRIES + "/a").then().statusCode(200);
      with(OTHER).get(ENTRIES).then().statusCode(200);
      with(ADMIN).body("2").put(ENTRIES + "/a").then().statusCode(200);

      int served = 0;
      for (CompletableFuture<Integer> answer : answers) {
        served += answer.get(20, TimeUnit.SECONDS) == 200 ? 1 : 0;
      }
      assertThat(served).isEqualTo(76);
    }
    await().atMost(SOON).until(() -> held("requests-active") == 0);
  }

  @Test
  void limitsTellWhatIsSharedAndHow() {
    with(OTHER)
        .get("/v1/limits")
        .then()
        .statusCode(200)
        .body("shares.transactions.max", equalTo(64))
        .body("shares.transactions.callerMax", equalTo(60))
        .body("shares.transactions.reserve", equalTo(2))
        .body("shares.cursors.max", equalTo(40))
        .body("shares.requestsActive.callerMax", equalTo(38));
  }
}
