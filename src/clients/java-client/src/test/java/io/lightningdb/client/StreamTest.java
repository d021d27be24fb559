package io.lightningdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams of a server that cuts them, falls silent, or never ends.
@Timeout(60)
class StreamTest {
  private static final String LINES = "application/x-ndjson";
  private static final String ENTRY =
      "{\"key\":\"a\",\"value\":1,\"contentType\":\"application/json\",\"version\":1}\n";

  private static LightningClient client(StubServer server) {
    return LightningClient.builder(server.url())
        .timeout(Duration.ofMillis(300))
        .pause(_ -> {})
        .build();
  }

  @Test
  void cutStreamsAreNoEnds() throws Exception {
    try (StubServer server =
            new StubServer(out -> {
              StubServer.beginChunks(out, LINES);
              StubServer.chunk(out, ENTRY);
              return false;
            });
        LightningClient client = client(server);
        EntryStream entries = client.keyspace("k").scan(Range.all())) {
      assertEquals(Key.of("a"), entries.next().key());
      ConnectionException cut = assertThrows(ConnectionException.class, entries::hasNext);
      assertTrue(cut.getMessage().contains("behind 1 entries"), cut.getMessage());
    }
  }

  @Test
  void streamsWithoutACertainEndAreRefused() throws Exception {
    try (StubServer server =
            new StubServer(out -> {
              String head = "HTTP/1.1 200 x\r\nContent-Type: " + LINES + "\r\n\r\n";
              out.write((head + ENTRY).getBytes(StandardCharsets.UTF_8));
              out.flush();
              return false;
            });
        LightningClient client =
            LightningClient.builder(server.url()).retries(RetryPolicy.NONE).build()) {
      ConnectionException refused =
          assertThrows(ConnectionException.class, () -> client.keyspace("k").scan(Range.all()));
      assertTrue(refused.getMessage().contains("no certain end"), refused.getMessage());
    }
  }

  @Test
  void problemsAtTheEndAreThrown() throws Exception {
    try (StubServer server =
            new StubServer(
                StubServer.problem(503, "overloaded", true, "Retry-After: 1"),
                StubServer.whole(
                    200,
                    LINES,
                    ENTRY
                        + "{\"problem\":{\"type\":\"/problems/snapshot-ended\",\"status\":410}}\n"));
        LightningClient client = client(server);
        EntryStream entries = client.keyspace("k").scan(Range.all())) {
      assertEquals(1, entries.next().version());
      ProblemException ended = assertThrows(ProblemException.class, entries::hasNext);
      assertTrue(ended.problem().is("snapshot-ended"));
      assertFalse(entries.hasNext());
    }
  }

  @Test
  void silentStreamsAreGivenUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (StubServer server =
            new StubServer(out -> {
              StubServer.beginChunks(out, LINES);
              StubServer.chunk(out, ENTRY);
              StubServer.await(end);
              return false;
            });
        LightningClient client = client(server);
        EntryStream entries = client.keyspace("k").scan(Range.all())) {
      entries.next();
      ConnectionException silent = assertThrows(ConnectionException.class, entries::hasNext);
      assertTrue(silent.getMessage().contains("nothing came for PT0.3S"), silent.getMessage());
    } finally {
      end.countDown();
    }
  }

  @Test
  void closingMidwayGivesTheConnectionUpAndHoldsLittle() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    AtomicLong sent = new AtomicLong();
    String many = ENTRY.repeat(1000);
    try (StubServer server =
            new StubServer(out -> {
              StubServer.beginChunks(out, LINES);
              try {
                // Without an end, if the client takes it all.
                while (sent.get() < 1L << 30) {
                  StubServer.chunk(out, many);
                  sent.addAndGet(many.length());
                }
              } catch (IOException e) {
                gone.countDown();
                throw e;
              }
              return false;
            });
        LightningClient client = client(server)) {
      try (Stream<Entry> entries = client.keyspace("k").scan(Range.all()).stream()) {
        assertEquals(5, entries.limit(5).count());
      }
      assertTrue(gone.await(30, TimeUnit.SECONDS), "the connection stayed");
      assertTrue(sent.get() < 64 << 20, sent + " bytes were taken");
    }
  }

  @Test
  void cutExportsAreNoFiles() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(file)) {
      gzip.write(ENTRY.getBytes(StandardCharsets.UTF_8));
    }
    String half = new String(file.toByteArray(), 0, 30, StandardCharsets.ISO_8859_1);
    StubServer.Behaviour cut =
        out -> {
          String head =
              "HTTP/1.1 200 x\r\nContent-Type: application/gzip\r\nContent-Length: "
                  + file.size()
                  + "\r\n\r\n";
          out.write((head + half).getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
          return false;
        };
    try (StubServer server = new StubServer(cut, cut);
        LightningClient client = client(server)) {
      try (EntryStream entries = client.keyspace("k").export()) {
        assertThrows(ConnectionException.class, () -> entries.forEachRemaining(_ -> {}));
      }
      assertThrows(
          ConnectionException.class,
          () -> client.keyspace("k").exportTo(new ByteArrayOutputStream()));
    }
  }

  private static String report(int imported) {
    return """
    {"lines":1,"acknowledgedLines":1,"imported":%d,"rejected":0,"rejections":[],"version":9}
    """
        .formatted(imported);
  }

  @Test
  void partsOfImportsAreSentAgain() throws Exception {
    List<Long> told = new ArrayList<>();
    Value text = Value.json("x".repeat(300_000));
    try (StubServer server =
            new StubServer(
                StubServer.json(200, report(3)),
                StubServer.cut(),
                StubServer.problem(503, "overloaded", true),
                StubServer.json(200, report(2)));
        LightningClient client = client(server)) {
      ImportReport report =
          client
              .keyspace("k")
              .importEntries(
                  IntStream.range(0, 5).mapToObj(i -> Entry.of("k" + i, text)).iterator(),
                  ImportOptions.defaults().progress(told::add));
      assertEquals(5, report.imported());
      assertEquals(9, report.version());
      assertEquals(List.of(3L, 5L), told);
      assertEquals(4, server.requests().size());
      for (int i = 2; i < 4; i++) {
        assertEquals(
            new String(server.requests().get(1).body(), StandardCharsets.UTF_8),
            new String(server.requests().get(i).body(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void importThatEndsTellsWhere() throws Exception {
    StubServer.Behaviour stopped =
        StubServer.whole(
            422,
            "application/problem+json",
            "{\"type\":\"/problems/import-stopped\",\"status\":422,\"line\":2,\"acknowledgedLines\":1}");
    String line = "{\"key\":\"a\",\"value\":\"" + "x".repeat(600_000) + "\"}\n";
    try (StubServer server = new StubServer(StubServer.json(200, report(1)), stopped);
        LightningClient client = client(server)) {
      // The third line is empty, and the next part begins with the second document.
      byte[] lines = (line + "\n" + line + "{}\n").getBytes(StandardCharsets.UTF_8);
      ImportException ended =
          assertThrows(
              ImportException.class,
              () ->
                  client
                      .keyspace("k")
                      .importLines(new ByteArrayInputStream(lines), ImportOptions.defaults()));
      assertEquals(4, ended.line());
      assertEquals(1, ended.report().imported());
      assertTrue(ended.getCause() instanceof ProblemException);
    }
  }
}
