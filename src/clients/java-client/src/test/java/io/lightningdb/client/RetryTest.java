package io.lightningdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is sent again, after which pause, and what is not. No test waits: pauses are noted.
@Timeout(60)
class RetryTest {
  private static final String VERSION = "{\"version\":7}";
  private static final String BATCH = "{\"version\":7,\"results\":[{\"version\":7}]}";

  private final List<Duration> pauses = new ArrayList<>();

  private LightningClient client(StubServer server) {
    return client(server, RetryPolicy.DEFAULT);
  }

  private LightningClient client(StubServer server, RetryPolicy retries) {
    return LightningClient.builder(server.url()).retries(retries).pause(pauses::add).build();
  }

  private static StubServer.Behaviour ok(String body) {
    return StubServer.json(200, body, "Lightning-Version: 7", "ETag: \"7\"");
  }

  private static StubServer.Behaviour overloaded(String... headers) {
    return StubServer.problem(503, "overloaded", true, headers);
  }

  @Test
  void retryAfterIsHeededAndJittered() throws Exception {
    try (StubServer server =
            new StubServer(
                overloaded("Retry-After: 3"),
                StubServer.problem(429, "rate-limited", true, "Retry-After: 2"),
                overloaded(),
                ok(VERSION));
        LightningClient client = client(server)) {
      assertEquals(7, client.keyspace("k").put("a", 1));
    }
    assertEquals(3, pauses.size());
    assertBetween(Duration.ofSeconds(3), pauses.get(0), Duration.ofMillis(3100));
    assertBetween(Duration.ofSeconds(2), pauses.get(1), Duration.ofMillis(2200));
    assertBetween(Duration.ZERO, pauses.get(2), Duration.ofMillis(400));
  }

  private static void assertBetween(Duration least, Duration pause, Duration most) {
    assertTrue(pause.compareTo(least) >= 0 && pause.compareTo(most) <= 0, pause.toString());
  }

  @Test
  void attemptsAreBoundedInNumberAndTime() throws Exception {
    StubServer.Behaviour[] many = new StubServer.Behaviour[20];
    Arrays.fill(many, overloaded("Retry-After: 1"));
    try (StubServer server = new StubServer(many);
        LightningClient client = client(server)) {
      ProblemException refused =
          assertThrows(ProblemException.class, () -> client.keyspace("k").get("a"));
      assertTrue(refused.problem().is("overloaded"));
      assertEquals(6, server.requests().size());
    }
    try (StubServer server = new StubServer(overloaded("Retry-After: 31"), ok("1"));
        LightningClient client = client(server)) {
      assertThrows(ProblemException.class, () -> client.keyspace("k").get("a"));
      assertEquals(1, server.requests().size());
    }
    try (StubServer server = new StubServer(overloaded(), ok("1"));
        LightningClient client = client(server, RetryPolicy.NONE)) {
      assertThrows(ProblemException.class, () -> client.keyspace("k").get("a"));
    }
  }

  @Test
  void refusedWritesWithAConditionAreSentAgain() throws Exception {
    try (StubServer server = new StubServer(overloaded(), ok(VERSION));
        LightningClient client = client(server)) {
      WriteOptions options = WriteOptions.defaults().onlyIf(Condition.version(5));
      assertEquals(7, client.keyspace("k").put("a", "x", options));
      assertEquals("\"5\"", server.requests().get(1).headers().get("If-Match"));
    }
  }

  @Test
  void lostWritesWithAConditionAreNot() throws Exception {
    for (StubServer.Behaviour loss :
        List.of(
            StubServer.cut(),
            StubServer.problem(503, "read-only", true),
            StubServer.problem(504, "outcome-unknown", false),
            StubServer.whole(502, "text/html", "<p>bad gateway"))) {
      try (StubServer server = new StubServer(loss, ok(VERSION));
          LightningClient client = client(server)) {
        WriteOptions options = WriteOptions.defaults().onlyIf(Condition.absent());
        LightningException failure =
            assertThrows(
                LightningException.class, () -> client.keyspace("k").put("a", "x", options));
        assertEquals(1, server.requests().size(), failure::getMessage);
        if (failure instanceof ConnectionException connection) {
          assertTrue(connection.outcomeUnknown());
        }
      }
    }
    assertEquals(List.of(), pauses);
  }

  @Test
  void lostWritesWithoutAConditionAreSentAgain() throws Exception {
    try (StubServer server = new StubServer(StubServer.cut(), ok(VERSION));
        LightningClient client = client(server)) {
      assertEquals(7, client.keyspace("k").put("a", "x"));
      assertEquals(2, server.requests().size());
      assertNull(server.requests().get(1).headers().get("Idempotency-Key"));
    }
  }

  @Test
  void incrementsBatchesAndExecutionsKeepTheirKey() throws Exception {
    try (StubServer server =
            new StubServer(
                StubServer.cut(),
                StubServer.problem(504, "outcome-unknown", false),
                ok("{\"value\":3,\"version\":7}"),
                StubServer.problem(409, "idempotency-key-in-use", true),
                StubServer.cut(),
                ok(BATCH),
                StubServer.cut(),
                ok("{\"succeeded\":true,\"version\":7,\"results\":[]}"));
        LightningClient client = client(server)) {
      assertEquals(3, client.keyspace("k").increment("n", 1));
      assertEquals(7, client.keyspace("k").batch(new Batch().put("a", 1)).version());
      assertTrue(client.execute(new Execution()).succeeded());
      List<String> keys =
          server.requests().stream()
              .map(request -> request.headers().get("Idempotency-Key"))
              .toList();
      assertNotNull(keys.get(0));
      assertEquals(List.of(keys.get(0), keys.get(0)), keys.subList(1, 3));
      assertNotEquals(keys.get(0), keys.get(3));
      assertEquals(List.of(keys.get(3), keys.get(3)), keys.subList(4, 6));
      assertNotEquals(keys.get(3), keys.get(6));
      assertEquals(keys.get(6), keys.get(7));
    }
  }

  @Test
  void looseBatchesAreSentOnce() throws Exception {
    try (StubServer server = new StubServer(StubServer.cut(), ok(BATCH));
        LightningClient client = client(server)) {
      Batch batch = new Batch().notAtomic().put("a", 1);
      assertThrows(ConnectionException.class, () -> client.keyspace("k").batch(batch));
      assertEquals(1, server.requests().size());
      assertNull(server.requests().get(0).headers().get("Idempotency-Key"));
    }
  }

  @Test
  void removalWhoseAnswerWasLostCountsAsOne() throws Exception {
    StubServer.Behaviour absent = StubServer.problem(404, "entry-not-found", false);
    try (StubServer server = new StubServer(absent, StubServer.cut(), absent);
        LightningClient client = client(server)) {
      assertFalse(client.keyspace("k").delete("a"));
      assertTrue(client.keyspace("k").delete("a"));
    }
  }

  @Test
  void defectsAreNotRepeated() throws Exception {
    for (StubServer.Behaviour failure :
        List.of(
            StubServer.problem(500, "internal-error", false),
            StubServer.problem(504, "deadline-exceeded", true),
            StubServer.problem(507, "disk-reserve-reached", true, "Retry-After: 60"),
            StubServer.problem(409, "not-an-integer", false),
            StubServer.problem(422, "invalid-content", false))) {
      try (StubServer server = new StubServer(failure, ok("{\"value\":1,\"version\":7}"));
          LightningClient client = client(server)) {
        assertThrows(ProblemException.class, () -> client.keyspace("k").increment("a", 1));
        assertEquals(1, server.requests().size());
      }
    }
  }

  @Test
  void answersOfProxiesAreTold() throws Exception {
    StubServer.Behaviour gateway = StubServer.whole(403, "text/html", "<p>not here</p>");
    try (StubServer server = new StubServer(gateway);
        LightningClient client = client(server)) {
      ProblemException refused =
          assertThrows(ProblemException.class, () -> client.keyspace("k").get("a"));
      assertEquals("about:blank", refused.problem().type());
      assertEquals(403, refused.problem().status());
      assertEquals("<p>not here</p>", refused.problem().detail());
    }
  }

  @Test
  void slowServicesAreNotWaitedFor() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (StubServer server = new StubServer(StubServer.silence(end), ok("1"));
        LightningClient client =
            LightningClient.builder(server.url())
                .timeout(Duration.ofMillis(100))
                .retries(RetryPolicy.NONE)
                .build()) {
      ConnectionException failure =
          assertThrows(ConnectionException.class, () -> client.keyspace("k").get("a"));
      assertTrue(failure.outcomeUnknown());
      assertEquals("PT0.1S", server.requests().get(0).headers().get("Lightning-Timeout"));
    } finally {
      end.countDown();
    }
  }

  @Test
  void unreachedServicesHaveDoneNothing() throws Exception {
    String url;
    try (StubServer server = new StubServer()) {
      url = server.url();
    }
    try (LightningClient client = LightningClient.builder(url).pause(pauses::add).build()) {
      WriteOptions options = WriteOptions.defaults().onlyIf(Condition.absent());
      ConnectionException failure =
          assertThrows(ConnectionException.class, () -> client.keyspace("k").put("a", 1, options));
      assertFalse(failure.outcomeUnknown());
      assertEquals(5, pauses.size());
    }
  }

  @Test
  void versionIsReadWhateverCompressesOnTheWay() throws Exception {
    for (String tag : List.of("\"5\"", "W/\"5\"", "\"5-gzip\"", "W/\"5-br\"")) {
      try (StubServer server = new StubServer(StubServer.json(200, "1", "ETag: " + tag));
          LightningClient client = client(server)) {
        assertEquals(5, client.keyspace("k").get("a").orElseThrow().version(), tag);
      }
    }
  }

  @Test
  void newestVersionIsAskedFor() throws Exception {
    try (StubServer server =
            new StubServer(
                ok(VERSION),
                StubServer.json(200, "1", "Lightning-Version: 5", "ETag: \"5\""),
                ok("1"),
                ok("1"));
        LightningClient client = client(server);
        LightningClient other =
            LightningClient.builder(server.url()).readYourWrites(false).build()) {
      client.keyspace("k").put("a", 1);
      assertEquals(7, client.version());
      client.keyspace("k").get("a");
      client.keyspace("k").get("a");
      other.atLeast(9);
      other.keyspace("k").get("a");
      String header = "Lightning-Version-At-Least";
      assertNull(server.requests().get(0).headers().get(header));
      assertEquals("7", server.requests().get(1).headers().get(header));
      assertEquals("7", server.requests().get(2).headers().get(header));
      assertNull(server.requests().get(3).headers().get(header));
      client.forgetVersion();
      assertEquals(0, client.version());
    }
  }

  @Test
  void tokensAreSentAndNeverShown() throws Exception {
    try (StubServer server = new StubServer(ok("1"));
        LightningClient client = LightningClient.builder(server.url()).token("secret").build()) {
      client.keyspace("k").get("a");
      assertEquals("Bearer secret", server.requests().get(0).headers().get("Authorization"));
    }
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> LightningClient.builder("http://127.0.0.1").token("secret\n"));
    assertFalse(refused.getMessage().contains("secret"));
    for (String url : List.of("ftp://host", "http://user@host", "http://host?a=b", "host:8080")) {
      assertThrows(IllegalArgumentException.class, () -> LightningClient.builder(url));
    }
  }

  @Test
  void closedClientsTakeNoCalls() throws Exception {
    try (StubServer server = new StubServer(ok("1"))) {
      LightningClient client = client(server);
      client.close();
      assertThrows(IllegalStateException.class, () -> client.keyspace("k").get("a"));
      assertEquals(List.of(), server.requests());
    }
  }
}
