package io.lightningdb.server.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;

import io.lightningdb.engine.testkit.Seeds;
import io.lightningdb.server.RunningService;
import io.lightningdb.server.keyvalue.RegisterCall.Kind;
import io.lightningdb.server.keyvalue.RegisterCall.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Several clients read, write and remove the same few entries, with and without conditions. What they were answered must be
/// what one copy of each entry would have answered, in an order that agrees with real time.
class LinearizabilityTest extends RunningService {
  private static final String SPACE = "linearizability-test";
  private static final List<String> KEYS = List.of("a", "b", "c");
  private static final List<Kind> KINDS = List.of(Kind.GET, Kind.PUT, Kind.DELETE);
  private static final int CLIENTS = 4;
  private static final int CALLS_PER_KEY = LinearizabilityChecker.CALLS_MAX / CLIENTS;
  private static final int ROUNDS = 4;

  private final Map<String, ConcurrentLinkedQueue<RegisterCall>> calls = new ConcurrentHashMap<>();

  /// What was written, by version.
  private final Map<Long, String> written = new ConcurrentHashMap<>();

  /// What was read, by version.
  private final Map<Long, String> read = new ConcurrentHashMap<>();

  @Test
  void callsOnOneEntryAreLinearizable() throws Exception {
    long seed = Seeds.one();
    Seeds.print(LinearizabilityTest.class, seed, "http");
    keyspace(SPACE);
    for (int round = 0; round < ROUNDS; round++) {
      run(round, new Random(seed + round));
    }
    calls.forEach((key, history) ->
        assertThat(LinearizabilityChecker.isLinearizable(List.copyOf(history)))
            .as("seed %d, entry %s: %s", seed, key, history)
            .isTrue());
    assertThat(calls).hasSize(ROUNDS * KEYS.size());
    assertThat(calls.values()).allMatch(each -> each.size() == LinearizabilityChecker.CALLS_MAX);
    assertThat(written).containsAllEntriesOf(read);
    assertThat(outcomes()).as("outcomes").hasSize(7);
    database.dropKeyspace(SPACE);
  }

  /// Everything that can happen has happened, or the test shows too little.
  private List<String> outcomes() {
    return calls.values().stream()
        .flatMap(ConcurrentLinkedQueue::stream)
        .map(call -> call.kind() + " " + call.outcome())
        .distinct()
        .toList();
  }

  private void run(int round, Random random) throws Exception {
    CyclicBarrier start = new CyclicBarrier(CLIENTS);
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Client client = new Client(round, new Random(random.nextLong()));
        clients.add(
            threads.submit(() -> {
              start.await(30, TimeUnit.SECONDS);
              client.run();
              return null;
            }));
      }
      for (Future<?> client : clients) {
        client.get(120, TimeUnit.SECONDS);
      }
    }
  }

  /// One client, which remembers what it saw last of each entry.
  private final class Client {
    private final int round;
    private final Random random;
    private final HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Long> lastSeen = new HashMap<>();

    Client(int round, Random random) {
      this.round = round;
      this.random = random;
    }

    void run() throws IOException, InterruptedException {
      List<String> order = new ArrayList<>();
      KEYS.forEach(key -> order.addAll(Collections.nCopies(CALLS_PER_KEY, key + round)));
      Collections.shuffle(order, random);
      for (String key : order) {
        RegisterCall call = call(key);
        calls.computeIfAbsent(key, _ -> new ConcurrentLinkedQueue<>()).add(call);
        if (call.outcome() != Outcome.REFUSED) {
          lastSeen.put(key, call.version());
        }
      }
    }

    private RegisterCall call(String key) throws IOException, InterruptedException {
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      long expected =
          kind == Kind.GET || random.nextInt(3) == 0
              ? RegisterCall.ANY
              : lastSeen.getOrDefault(key, 0L);
      if (kind == Kind.DELETE && expected == 0) {
        expected = RegisterCall.ANY;
      }
      String value = kind == Kind.PUT ? Long.toHexString(random.nextLong()) : "";
      HttpRequest request = request(key, kind, expected, value);
      long start = System.nanoTime();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      long end = System.nanoTime();
      Outcome outcome = outcome(kind, answer.statusCode());
      long version = outcome == Outcome.DONE && kind != Kind.DELETE ? version(answer) : 0;
      if (version != 0) {
        (kind == Kind.PUT ? written : read).put(version, kind == Kind.PUT ? value : answer.body());
      }
      return new RegisterCall(start, end, kind, expected, outcome, version);
    }

    private HttpRequest request(String key, Kind kind, long expected, String value) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:%d/v1/keyspaces/%s/entries/%s"
                          .formatted(port(), SPACE, key)))
              .timeout(Duration.ofSeconds(60))
              .method(kind.name(), HttpRequest.BodyPublishers.ofString(value));
      if (kind != Kind.GET) {
        request.header("Lightning-Durability", random.nextInt(4) == 0 ? "synced" : "logged");
      }
      if (expected == 0) {
        request.header("If-None-Match", "*");
      } else if (expected != RegisterCall.ANY) {
        request.header("If-Match", "\"" + expected + "\"");
      }
      return request.build();
    }

    private static Outcome outcome(Kind kind, int status) {
      return switch (status) {
        case 200, 201, 202, 204 -> Outcome.DONE;
        case 404 -> Outcome.ABSENT;
        case 412 -> Outcome.REFUSED;
        default -> throw new AssertionError(kind + " was answered " + status);
      };
    }

    private static long version(HttpResponse<String> answer) {
      String tag = answer.headers().firstValue("ETag").orElseThrow();
      return Long.parseLong(tag.substring(1, tag.length() - 1));
    }
  }
}
