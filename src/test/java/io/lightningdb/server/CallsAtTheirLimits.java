package io.lightningdb.server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client that sends every call at its limit. It makes bodies while it sends them and drops what it is answered, so that it needs no
/// memory itself. *Thread-safe.*
final class CallsAtTheirLimits {
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int KEYS = 16;
  private static final int OVERHEAD_BYTES = 4096;
  private static final String WRITTEN = "/v1/keyspaces/written/entries";
  private static final String FIXED = "/v1/keyspaces/fixed/entries";
  private static final byte[] BLOCK = block();

  private final String address;
  private final long value;
  private final long batch;
  private final long line;
  private final long transaction;
  private final int multigetKeys;

  // The last value that was acknowledged for a key, by the length that tells it from others.
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> statuses = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();

  /// Asks the service for its limits, and stores what is read.
  ///
  /// @param port where the service listens
  /// @param multigetKeysMax most keys of a multiget that are asked for
  CallsAtTheirLimits(int port, int multigetKeysMax) throws IOException {
    this.address = "http://127.0.0.1:" + port;
    JsonNode limits = new JsonMapper().readTree(text("/v1/limits"));
    this.value = limits.get("valueBytesMax").asLong();
    this.batch = limits.get("batchBytesMax").asLong();
    this.line = limits.get("importLineBytesMax").asLong();
    this.transaction = limits.get("transactionBytesMax").asLong();
    this.multigetKeys =
        (int) Math.min(limits.get("multigetBytesMax").asLong() / (value + 2), multigetKeysMax);
    for (String keyspace : List.of("written", "fixed")) {
      require(send("PUT", "/v1/keyspaces/" + keyspace, "", 0, _ -> {}), 201);
    }
    for (int i = 0; i < 2; i++) {
      require(put(FIXED + "/large-" + i, value, Length.ANNOUNCED), 201);
    }
  }

  /// Every kind of call.
  enum Kind {
    PUT,
    PUT_CHUNKED,
    PUT_JSON,
    GET,
    BATCH,
    BATCH_OF_GETS,
    EXECUTE,
    MULTIGET,
    PAGE,
    STREAM,
    EXPORT,
    IMPORT_LINES,
    IMPORT_ROWS,
    TRANSACTION
  }

  private enum Length {
    ANNOUNCED,
    CHUNKED
  }

  private interface Body {
    void writeTo(OutputStream target) throws IOException;
  }

  long valueBytes() {
    return value;
  }

  /// Bytes of bodies sent so far.
  long sentBytes() {
    return sent.get();
  }

  /// How often each kind of call was answered with each status.
  Map<String, AtomicLong> statuses() {
    return new TreeMap<>(statuses);
  }

  /// Sends a call at its limit.
  ///
  /// @param kind which
  /// @param number tells callers at the same time apart
  /// @return the status
  int send(Kind kind, int number) throws IOException {
    int status = answer(kind, number);
    statuses.computeIfAbsent(kind + " " + status, _ -> new AtomicLong()).incrementAndGet();
    return status;
  }

  private int answer(Kind kind, int number) throws IOException {
    String key = "/key-" + number % KEYS;
    return switch (kind) {
      case PUT -> put(WRITTEN + "/own-" + number, value - number, Length.ANNOUNCED);
      case PUT_CHUNKED -> put(WRITTEN + "/own-" + number, value - number, Length.CHUNKED);
      case PUT_JSON ->
          send("PUT", WRITTEN + key, "application/json", value, out -> json(out, value));
      case GET -> send("GET", FIXED + "/large-0", "", 0, _ -> {});
      case BATCH -> batch(number);
      case BATCH_OF_GETS ->
          post(
              FIXED + ":batch",
              "{\"operations\":[{\"get\":{\"key\":\"large-" + number % 2 + "\"}}]}");
      case EXECUTE -> execute(number);
      case MULTIGET -> multiget(multigetKeys);
      case PAGE -> send("GET", FIXED + "?limit=2", "", 0, _ -> {});
      case STREAM -> send("GET", FIXED + "?limit=2", "application/x-ndjson", 0, _ -> {});
      case EXPORT -> send("GET", FIXED + ":export", "application/gzip", 0, _ -> {});
      case IMPORT_LINES -> importLines(number);
      case IMPORT_ROWS -> importRows(number);
      case TRANSACTION -> transaction(number);
    };
  }

  int multiget(int keys) throws IOException {
    return post(
        FIXED + ":multiget", "{\"keys\":[" + "\"large-0\",".repeat(keys - 1) + "\"large-1\"]}");
  }

  private int post(String path, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.US_ASCII);
    return send("POST", path, "application/json", body.length, out -> out.write(body));
  }

  /// Puts a value that its length tells from all others of this key, and remembers it when it was acknowledged.
  private int put(String path, long bytes, Length length) throws IOException {
    Body body = out -> noise(out, bytes);
    int status =
        send("PUT", path, "application/octet-stream", length == Length.CHUNKED ? -1 : bytes, body);
    if (status < 300) {
      acknowledged.put(path, bytes);
    }
    return status;
  }

  private int batch(int number) throws IOException {
    long each = Math.min(value, (batch - OVERHEAD_BYTES) / 4 * 3) / 3 * 3;
    long count = Math.max(1, (batch - OVERHEAD_BYTES) / (each / 3 * 4 + 200));
    return send(
        "POST",
        WRITTEN + ":batch",
        "application/json",
        -1,
        out -> {
          ascii(out, "{\"operations\":[");
          for (int i = 0; i < count; i++) {
            ascii(out, (i == 0 ? "" : ",") + "{\"put\":{\"key\":\"batch-" + number % KEYS + "-");
            ascii(out, i + "\",\"valueBase64\":\"");
            letters(out, each / 3 * 4);
            ascii(out, "\"}}");
          }
          ascii(out, "]}");
        });
  }

  private int execute(int number) throws IOException {
    long bytes = Math.min(Math.min(value, transaction - OVERHEAD_BYTES), batch - OVERHEAD_BYTES);
    return send(
        "POST",
        "/v1/transactions:execute",
        "application/json",
        -1,
        out -> {
          ascii(out, "{\"then\":[{\"put\":{\"keyspace\":\"written\",\"key\":\"execute-");
          ascii(out, number % KEYS + "\",\"value\":\"");
          letters(out, bytes - 2);
          ascii(out, "\"}}]}");
        });
  }

  private int importLines(int number) throws IOException {
    long bytes = Math.min(value, (line - OVERHEAD_BYTES) / 4 * 3) / 3 * 3;
    return send(
        "POST",
        WRITTEN + ":import",
        "application/x-ndjson",
        -1,
        out -> {
          for (int i = 0; i < 2; i++) {
            ascii(out, "{\"key\":\"line-" + number % KEYS + "-" + i + "\",\"valueBase64\":\"");
            letters(out, bytes / 3 * 4);
            ascii(out, "\"}\n");
          }
        });
  }

  private int importRows(int number) throws IOException {
    long bytes = Math.min(value, line - OVERHEAD_BYTES);
    return send(
        "POST",
        WRITTEN + ":import",
        "text/csv",
        -1,
        out -> {
          ascii(out, "key,value\nrow-" + number % KEYS + ",");
          letters(out, bytes);
          ascii(out, "\n");
        });
  }

  private int transaction(int number) throws IOException {
    HttpURLConnection begun = open("POST", "/v1/transactions", "");
    int status = begun.getResponseCode();
    if (status != 201) {
      return drained(begun);
    }
    String path = "/v1/transactions/" + json(begun).get("id").asString();
    long bytes = Math.min(value, transaction - 2 * OVERHEAD_BYTES);
    status =
        send(
            "PUT",
            path + "/keyspaces/written/entries/transaction-" + number % KEYS,
            "application/octet-stream",
            bytes,
            out -> noise(out, bytes));
    if (status < 300) {
      status = send("POST", path + "/commit", "", 0, _ -> {});
    }
    if (status >= 300) {
      send("DELETE", path, "", 0, _ -> {});
    }
    return status;
  }

  /// Reads every value that was acknowledged.
  ///
  /// @return those that are not there as they were sent
  List<String> lost() {
    return acknowledged.entrySet().stream()
        .filter(each -> !isThere(each.getKey(), each.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean isThere(String path, long bytes) {
    try {
      HttpURLConnection call = open("GET", path, "");
      int status = call.getResponseCode();
      for (int tries = 0; status == 503 && tries < 10; tries++) {
        drained(call);
        call = open("GET", path, "");
        status = call.getResponseCode();
      }
      try (InputStream in = status == 200 ? call.getInputStream() : InputStream.nullInputStream()) {
        long at = 0;
        for (byte[] part = in.readNBytes(BLOCK_BYTES);
            part.length > 0;
            part = in.readNBytes(BLOCK_BYTES)) {
          for (int i = 0; i < part.length; i++) {
            if (part[i] != BLOCK[i]) {
              return false;
            }
          }
          at += part.length;
        }
        return at == bytes;
      }
    } catch (IOException _) {
      return false;
    }
  }

  /// What a gauge or counter of the service shows.
  double metric(String line) throws IOException {
    return text("/actuator/prometheus")
        .lines()
        .filter(each -> each.startsWith(line + " ") || each.startsWith(line + "{}"))
        .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no metric " + line));
  }

  String text(String path) throws IOException {
    try (InputStream in = open("GET", path, "").getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static JsonNode json(HttpURLConnection call) throws IOException {
    try (InputStream in = call.getInputStream()) {
      return new JsonMapper().readTree(in.readAllBytes());
    }
  }

  private static void require(int status, int... allowed) {
    for (int each : allowed) {
      if (status == each) {
        return;
      }
    }
    throw new AssertionError("a call was answered " + status);
  }

  private HttpURLConnection open(String method, String path, String mediaType) throws IOException {
    HttpURLConnection call =
        (HttpURLConnection) URI.create(address + path).toURL().openConnection();
    call.setRequestMethod(method);
    call.setConnectTimeout(TIMEOUT_MILLIS);
    call.setReadTimeout(TIMEOUT_MILLIS);
    String wanted = mediaType.isEmpty() ? "*/*" : mediaType;
    call.setRequestProperty(method.equals("GET") ? "Accept" : "Content-Type", wanted);
    return call;
  }

  private int send(String method, String path, String mediaType, long bytes, Body body)
      throws IOException {
    HttpURLConnection call = open(method, path, mediaType);
    if (bytes != 0) {
      call.setDoOutput(true);
      if (bytes < 0) {
        call.setChunkedStreamingMode(BLOCK_BYTES);
      } else {
        call.setFixedLengthStreamingMode(bytes);
      }
      try (OutputStream out = new BufferedOutputStream(call.getOutputStream(), BLOCK_BYTES)) {
        body.writeTo(out);
      } catch (IOException cut) {
        // Refused before all of it was sent; an answer may have come all the same.
        return statusOrCut(call, cut);
      }
      sent.addAndGet(Math.max(bytes, 0));
    }
    return drained(call);
  }

  private static int statusOrCut(HttpURLConnection call, IOException cut) throws IOException {
    try {
      return drained(call);
    } catch (IOException _) {
      if (cut instanceof ConnectException) {
        throw cut;
      }
      return 503;
    }
  }

  private static int drained(HttpURLConnection call) throws IOException {
    int status = call.getResponseCode();
    try (InputStream in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      if (in != null) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    return status;
  }

  private static byte[] block() {
    byte[] block = new byte[BLOCK_BYTES];
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) ('A' + random.nextInt(26));
    }
    return block;
  }

  private static void ascii(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void noise(OutputStream out, long bytes) throws IOException {
    for (long left = bytes; left > 0; left -= BLOCK_BYTES) {
      out.write(BLOCK, 0, (int) Math.min(left, BLOCK_BYTES));
    }
  }

  private static void letters(OutputStream out, long count) throws IOException {
    noise(out, count);
  }

  private static void json(OutputStream out, long bytes) throws IOException {
    out.write('"');
    letters(out, bytes - 2);
    out.write('"');
  }
}
