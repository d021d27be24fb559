package io.lightningdb.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lightningdb.clients.PackedService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.util.RawValue;

/// All calls, against the packed service.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveClientTest {
  private static final long BEYOND_DOUBLE = 9007199254740993L;

  private PackedService service;
  private LightningClient client;

  private record User(String name, long number, Instant since) {}

  @BeforeAll
  void start() throws Exception {
    Path folder = Path.of(System.getProperty("service.folder")).toAbsolutePath();
    service =
        PackedService.startGuarded(Files.createTempDirectory(folder, "service").resolve("data"));
    client = LightningClient.builder(service.url()).token(PackedService.TOKEN).build();
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    service.close();
  }

  private Keyspace keyspace(String name) {
    return client.createKeyspace(name);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @Test
  void valuesComeBackByteByByte() {
    Keyspace keyspace = keyspace("values");
    for (Value value :
        List.of(
            Value.text("hällo"),
            Value.text(""),
            Value.json(null),
            Value.json(BEYOND_DOUBLE),
            Value.json(Map.of("a", List.of(1, "x"))),
            Value.json(new RawValue("[1,\r\n2]")),
            Value.of("1.0E400".getBytes(StandardCharsets.UTF_8), "application/json"),
            Value.bytes(new byte[0]),
            Value.bytes(new byte[] {0, (byte) 0xFF, 10, 13}),
            Value.of(random(3 << 20), "image/png"))) {
      long version = keyspace.put("k", value);
      Entry entry = keyspace.get("k").orElseThrow();
      assertEquals(value, entry.value(), value.toString());
      assertEquals(version, entry.version());
      // In lists and batches values are parts of JSON.
      try (EntryStream entries = keyspace.scan(Range.all());
          EntryStream exported = keyspace.export()) {
        Value scanned = entries.next().value();
        assertAlike(value, scanned);
        assertEquals(value, exported.next().value(), value.toString());
      }
      keyspace.batch(new Batch().put("copy", value));
      assertEquals(value, keyspace.get("copy").orElseThrow().value(), value.toString());
      assertAlike(
          value,
          keyspace.batch(new Batch().get("copy")).results().get(0).entry().orElseThrow().value());
      keyspace.delete("copy");
    }
    Batch smuggling = new Batch().put("a", Value.json(new RawValue("1},\"put\":{\"key\":\"b\"")));
    assertThrows(ProblemException.class, () -> keyspace.batch(smuggling));
    User user = new User("Ada", BEYOND_DOUBLE, Instant.parse("2026-01-02T03:04:05.678Z"));
    keyspace.put("user", user);
    assertEquals(user, keyspace.get("user", User.class).orElseThrow());
    assertEquals(Optional.empty(), keyspace.get("none"));
  }

  /// Within JSON line ends of JSON are spaces.
  private static void assertAlike(Value expected, Value actual) {
    if (expected.text().contains("\n") && expected.contentType().equals("application/json")) {
      assertEquals(expected.json(), actual.json());
    } else {
      assertEquals(expected, actual, expected.toString());
    }
  }

  @Test
  void keysOfAllBytesAreTaken() {
    Keyspace keyspace = keyspace("keys");
    List<Key> keys =
        List.of(
            Key.of("a/b c+d%?&#ü"),
            Key.of("entries:count"),
            Key.of("."),
            Key.of(".."),
            Key.of("a\u0000\u0085b"),
            Key.of(new byte[] {(byte) 0xFF, 0, 1}));
    for (Key key : keys) {
      keyspace.put(key, key.bytes(), WriteOptions.defaults());
      assertArrayEquals(key.bytes(), keyspace.get(key).orElseThrow().value().bytes());
      assertEquals(1, keyspace.count(Range.all().from(key).before(Key.of(append(key)))));
      assertEquals(3, keyspace.increment(Key.of(append(key)), 1, 2, Durability.LOGGED));
      assertTrue(keyspace.delete(Key.of(append(key)), WriteOptions.defaults()));
    }
    assertEquals(keys, List.copyOf(keyspace.getAll(keys).keySet()));
    try (EntryStream entries = keyspace.scan(Range.all())) {
      assertEquals(keys.stream().sorted().toList(), entries.stream().map(Entry::key).toList());
    }
    Batch batch = new Batch();
    keys.forEach(batch::get);
    assertEquals(
        keys,
        keyspace.batch(batch).results().stream()
            .map(result -> result.entry().orElseThrow().key())
            .toList());
  }

  private static byte[] append(Key key) {
    return Arrays.copyOf(key.bytes(), key.bytes().length + 1);
  }

  @Test
  void conditionsHoldOrFail() {
    Keyspace keyspace = keyspace("conditions");
    WriteOptions absent = WriteOptions.defaults().onlyIf(Condition.absent());
    WriteOptions present = WriteOptions.defaults().onlyIf(Condition.present());
    assertThrows(ConditionFailedException.class, () -> keyspace.put("a", 1, present));
    long version = keyspace.put("a", 1, absent);
    ConditionFailedException failed =
        assertThrows(ConditionFailedException.class, () -> keyspace.put("a", 2, absent));
    assertEquals(version, failed.actualVersion());
    WriteOptions exactly = WriteOptions.defaults().onlyIf(Condition.version(version));
    keyspace.put("a", 3, present.durability(Durability.LOGGED));
    assertThrows(ConditionFailedException.class, () -> keyspace.put("a", 4, exactly));
    assertThrows(ConditionFailedException.class, () -> keyspace.delete(Key.of("a"), exactly));
    assertTrue(keyspace.delete(Key.of("a"), present));
    assertFalse(keyspace.delete("a"));
  }

  @Test
  void entriesEnd() {
    Keyspace keyspace = keyspace("ends");
    Instant end = Instant.parse("2040-01-02T03:04:05.678Z");
    keyspace.put("a", 1, WriteOptions.defaults().expiresAt(end));
    assertEquals(Optional.of(end), keyspace.get("a").orElseThrow().expiresAt());
    keyspace.put("a", 1, WriteOptions.defaults().ttl(Duration.ofHours(1)));
    assertTrue(keyspace.get("a").orElseThrow().expiresAt().orElseThrow().isBefore(end));
    keyspace.put("a", 1, WriteOptions.defaults().ttl(Duration.ZERO));
    assertEquals(Optional.empty(), keyspace.get("a").orElseThrow().expiresAt());
  }

  @Test
  void batchesAreOneCommit() {
    Keyspace keyspace = keyspace("batches");
    BatchResult result =
        keyspace.batch(
            new Batch()
                .put("a", Map.of("n", 1))
                .increment("n", BEYOND_DOUBLE)
                .get("a")
                .get("none")
                .delete("none"));
    assertEquals(result.version(), result.results().get(0).version());
    assertEquals(BEYOND_DOUBLE, result.results().get(1).counter());
    assertEquals(1, result.results().get(2).entry().orElseThrow().value().json().get("n").asInt());
    assertEquals(Optional.empty(), result.results().get(3).entry());
    WriteOptions absent = WriteOptions.defaults().onlyIf(Condition.absent());
    Batch reading = new Batch().put("large", random(2 << 20)).get("large");
    assertTrue(
        assertThrows(ProblemException.class, () -> keyspace.batch(reading))
            .problem()
            .is("batch-too-large"));
    keyspace.batch(reading.withoutIdempotencyKey());
    Batch failing = new Batch().put("b", 1).put(Key.of("a"), 2, absent);
    assertThrows(ConditionFailedException.class, () -> keyspace.batch(failing));
    assertEquals(Optional.empty(), keyspace.get("b"));
    BatchResult loose = keyspace.batch(new Batch().notAtomic().increment("a", 1).put("b", 1));
    assertTrue(loose.results().get(0).problem().orElseThrow().is("not-an-integer"));
    assertEquals(Optional.empty(), loose.results().get(1).problem());
  }

  @Test
  void executionsCompareAndAct() {
    Keyspace keyspace = keyspace("executions");
    Key key = Key.of("a");
    Execution claim =
        new Execution()
            .compareVersion("executions", key, 0)
            .then(operations -> operations.put("executions", key, "mine"))
            .otherwise(operations -> operations.get("executions", key));
    assertTrue(client.execute(claim).succeeded());
    BatchResult second = client.execute(claim);
    assertFalse(second.succeeded());
    assertEquals("mine", second.results().get(0).entry().orElseThrow().value().text());
    assertTrue(
        client
            .execute(
                new Execution()
                    .compareValue("executions", key, Value.text("mine"))
                    .then(operations -> operations.delete("executions", key)))
            .succeeded());
    assertEquals(0, keyspace.count(Range.all()));
  }

  @Test
  void rangesAreScannedListedCountedAndRemoved() {
    Keyspace keyspace = keyspace("ranges");
    Batch batch = new Batch();
    IntStream.range(100, 400).forEach(i -> batch.put("k" + i, i));
    keyspace.batch(batch);
    keyspace.put("z", "last");
    try (EntryStream entries =
        keyspace.scan(Range.prefix("k").from("k200").before("k300").reversed().limit(3))) {
      assertEquals(
          List.of("k299", "k298", "k297"),
          entries.stream().map(entry -> entry.key().toString()).toList());
    }
    List<Entry> listed = new ArrayList<>();
    String cursor = null;
    do {
      Page page = keyspace.list(Range.prefix("k").limit(70), cursor);
      listed.addAll(page.entries());
      cursor = page.cursor().orElse(null);
    } while (cursor != null);
    assertEquals(300, listed.size());
    assertEquals(301, keyspace.count(Range.all()));
    keyspace.deleteRange(Range.prefix("k").from("k150"));
    assertEquals(51, keyspace.count(Range.all()));
  }

  @Test
  void exportsAreImported() throws Exception {
    Keyspace source = keyspace("source");
    Instant end = Instant.parse("2040-01-02T03:04:05Z");
    int count = 5000;
    ImportReport imported =
        source.importEntries(
            IntStream.range(0, count)
                .mapToObj(i ->
                    new Entry(
                        i % 7 == 0
                            ? Key.of(new byte[] {(byte) 0xFF, (byte) i, (byte) (i >> 8)})
                            : Key.of("key " + i),
                        i % 3 == 0
                            ? Value.json(Map.of("n", i, "text", "x".repeat(300)))
                            : i % 3 == 1 ? Value.text("é" + i) : Value.bytes(random(300)),
                        0,
                        i % 5 == 0 ? Optional.of(end) : Optional.empty()))
                .iterator());
    assertEquals(count, imported.imported());
    assertEquals(count, source.count(Range.all()));

    Keyspace target = keyspace("target");
    try (EntryStream entries = source.export()) {
      assertEquals(count, target.importEntries(entries).imported());
    }
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    assertEquals(source.exportTo(first), first.size());
    try (EntryStream expected = source.scan(Range.all());
        EntryStream actual = target.scan(Range.all())) {
      while (expected.hasNext()) {
        Entry entry = expected.next();
        Entry copy = actual.next();
        assertEquals(entry.key(), copy.key());
        assertEquals(entry.value(), copy.value());
        assertEquals(entry.expiresAt(), copy.expiresAt());
      }
      assertFalse(actual.hasNext());
    }
  }

  @Test
  void linesAreImported() throws Exception {
    Keyspace keyspace = keyspace("lines");
    String lines =
        """
        {"sku": "a", "price": 1.10}

        {"other": 7}
        {"sku": "b", "price": 2}
        """;
    ImportOptions options = ImportOptions.defaults().keyField("/sku");
    ImportReport report =
        keyspace.importLines(in(lines), options.skipErrors().durability(Durability.LOGGED));
    assertEquals(2, report.imported());
    assertEquals(1, report.rejected());
    assertEquals(3, report.rejections().get(0).line());
    assertEquals(
        "{\"sku\": \"a\", \"price\": 1.10}", keyspace.get("a").orElseThrow().value().text());
    ImportException ended =
        assertThrows(ImportException.class, () -> keyspace.importLines(in(lines), options));
    assertEquals(3, ended.line());
  }

  private static ByteArrayInputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void transactionsAreOneCommitOrNone() {
    Keyspace keyspace = keyspace("transactions");
    long n =
        client.transact(
            TransactionOptions.defaults()
                .serializable()
                .lease(Duration.ofSeconds(20))
                .deadline(Duration.ofMinutes(1)),
            transaction -> {
              TransactionKeyspace inside = transaction.keyspace("transactions");
              inside.put("a", "first");
              assertEquals(0, inside.get("a").orElseThrow().version());
              assertEquals(Optional.empty(), keyspace.get("a"));
              long savepoint = transaction.savepoint();
              assertTrue(inside.delete("a"));
              inside.batch(new Batch().put("b", 1).put("c", 2));
              transaction.rollbackTo(savepoint);
              transaction.keepAlive();
              assertEquals(1, inside.count(Range.all()));
              try (EntryStream entries = inside.scan(Range.all())) {
                assertEquals("first", entries.next().value().text());
              }
              assertTrue(inside.getForUpdate(Key.of("a")).isPresent());
              inside.put("d/1", 1);
              inside.deleteRange(Range.prefix("d/"));
              return inside.increment("n", BEYOND_DOUBLE);
            });
    assertEquals(BEYOND_DOUBLE, n);
    assertEquals("first", keyspace.get("a").orElseThrow().value().text());
    assertEquals(2, keyspace.count(Range.all()));
    assertThrows(
        IllegalStateException.class,
        () ->
            client.transact(transaction -> {
              transaction.keyspace("transactions").put("e", 1);
              throw new IllegalStateException("on purpose");
            }));
    assertEquals(Optional.empty(), keyspace.get("e"));
    try (Transaction open =
        client.begin(TransactionOptions.defaults().durability(Durability.LOGGED))) {
      open.keyspace("transactions").put("f", 1);
      assertEquals(open.commit(), open.commit());
    }
    assertTrue(keyspace.get("f").isPresent());
  }

  @Test
  void conflictsOfManyThreadsLoseNothing() throws Exception {
    Keyspace keyspace = keyspace("storm");
    int threads = 8;
    int each = 10;
    List<Callable<Void>> work = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      boolean transacts = i % 2 == 0;
      work.add(() -> {
        for (int j = 0; j < each; j++) {
          if (transacts) {
            client.transact(transaction -> {
              TransactionKeyspace inside = transaction.keyspace("storm");
              long n = inside.get("n", Long.class).orElse(0L);
              inside.put("n", n + 1);
              return null;
            });
          } else {
            keyspace.update(
                "n", before -> before.map(entry -> entry.as(Long.class)).orElse(0L) + 1);
          }
        }
        return null;
      });
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> done : pool.invokeAll(work)) {
        done.get();
      }
    }
    assertEquals(threads * each, keyspace.get("n", Long.class).orElseThrow());
  }

  @Test
  void conflictIsThrownWhereItMayNotBeDoneAgain() {
    Keyspace keyspace = keyspace("conflict");
    keyspace.put("a", 1);
    assertThrows(
        ConflictException.class,
        () ->
            client.transact(
                TransactionOptions.defaults().attemptsMax(1),
                transaction -> {
                  transaction.keyspace("conflict").put("a", 2);
                  keyspace.put("a", 3);
                  return null;
                }));
    assertEquals(3, keyspace.get("a", Integer.class).orElseThrow());
  }

  @Test
  void keyspacesAreListedAndDropped() {
    Keyspace keyspace = client.createKeyspace("dropped", Map.of("historyVersions", 3));
    long version = keyspace.put("a", "old");
    keyspace.put("a", "new");
    assertEquals("old", keyspace.getAt(Key.of("a"), version).orElseThrow().value().text());
    assertTrue(client.keyspaces().containsAll(List.of("default", "dropped")));
    assertTrue(client.dropKeyspace("dropped"));
    assertFalse(client.dropKeyspace("dropped"));
    ProblemException gone = assertThrows(ProblemException.class, () -> keyspace.get("a"));
    assertTrue(gone.problem().is("keyspace-not-found"));
    assertEquals(Optional.of("dropped"), gone.problem().text("keyspace"));
    assertFalse(gone.problem().retryable());
  }

  @Test
  void strangersAreTurnedAway() {
    try (LightningClient stranger = LightningClient.connect(service.url())) {
      ProblemException refused =
          assertThrows(ProblemException.class, () -> stranger.keyspace("default").get("a"));
      assertEquals(401, refused.problem().status());
      assertTrue(refused.problem().is("unauthenticated"));
    }
  }

  @Test
  void versionsOfOtherClientsAreWaitedFor() {
    Keyspace keyspace = keyspace("versions");
    long version = keyspace.put("a", 1);
    try (LightningClient other =
        LightningClient.builder(service.url())
            .token(PackedService.TOKEN)
            .retries(RetryPolicy.NONE)
            .build()) {
      other.atLeast(version);
      assertTrue(other.keyspace("versions").get("a").isPresent());
      other.atLeast(version + 1_000_000);
      ProblemException ahead =
          assertThrows(ProblemException.class, () -> other.keyspace("versions").get("a"));
      assertTrue(ahead.problem().is("version-not-yet-visible"));
    }
  }
}
