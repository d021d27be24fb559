package io.lightningdb.server;

import io.lightningdb.server.AcknowledgedWrites.Form;
import io.lightningdb.server.AcknowledgedWrites.Written;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client that sends every call at its limit. It makes bodies while it sends them and drops what it is answered, so that it needs no
/// memory itself. *Thread-safe.*
final class CallsAtTheirLimits {
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int KEYS = 16;
  private static final int OVERHEAD_BYTES = 4096;

  // A length that tells a value from those of the same key before it, and keeps Base64 whole.
  private static final int LENGTHS = 256;
  private static final int LENGTH_STEP = 12;
  private static final String WRITTEN = "/v1/keyspaces/written/entries";
  private static final String FIXED = "/v1/keyspaces/fixed/entries";
  private static final String LINE = "line-";
  private static final byte[] BLOCK = block();

  private final StreamedCalls calls;
  private final long value;
  private final long batch;
  private final long line;
  private final long transaction;
  private final int multigetKeys;

  private final AcknowledgedWrites writes = new AcknowledgedWrites(BLOCK);
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  // Keys that a call is writing to: of one key, one write is under way at a time.
  private final Set<String> busy = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicLong> statuses = new ConcurrentHashMap<>();

  /// Asks the service for its limits, and stores what is read.
  ///
  /// @param port where the service listens
  /// @param multigetKeysMax most keys of a multiget that are asked for
  CallsAtTheirLimits(int port, int multigetKeysMax) throws IOException {
    this.calls = new StreamedCalls("http://127.0.0.1:" + port);
    JsonNode limits = new JsonMapper().readTree(calls.text("/v1/limits"));
    this.value = limits.get("valueBytesMax").asLong();
    this.batch = limits.get("batchBytesMax").asLong();
    this.line = limits.get("importLineBytesMax").asLong();
    this.transaction = limits.get("transactionBytesMax").asLong();
    this.multigetKeys =
        (int) Math.min(limits.get("multigetBytesMax").asLong() / (value + 2), multigetKeysMax);
    for (String keyspace : List.of("written", "fixed")) {
      require(calls.send("PUT", "/v1/keyspaces/" + keyspace, "", 0, _ -> {}), 201);
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

  long valueBytes() {
    return value;
  }

  /// How often each kind of call was answered with each status.
  Map<String, AtomicLong> statuses() {
    return new TreeMap<>(statuses);
  }

  /// Calls that were cut while they were sent.
  long cut() {
    return count(status -> status == StreamedCalls.CUT);
  }

  /// Calls that were answered.
  long answered() {
    return count(status -> status != StreamedCalls.CUT);
  }

  private long count(IntPredicate which) {
    return statuses.entrySet().stream()
        .filter(each -> which.test(Integer.parseInt(each.getKey().replaceAll(".* ", ""))))
        .mapToLong(each -> each.getValue().get())
        .sum();
  }

  /// The state of a group of health parts.
  String health(String group) throws IOException {
    return new JsonMapper()
        .readTree(calls.text("/actuator/health/" + group))
        .get("status")
        .asString();
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
    return switch (kind) {
      case PUT -> put(WRITTEN + "/own-" + number, shorter(value), Length.ANNOUNCED);
      case PUT_CHUNKED -> put(WRITTEN + "/own-" + number, shorter(value), Length.CHUNKED);
      case PUT_JSON -> putJson(number);
      case GET -> calls.send("GET", FIXED + "/large-0", "", 0, _ -> {});
      case BATCH -> batch(number);
      case BATCH_OF_GETS ->
          post(
              FIXED + ":batch",
              "{\"operations\":[{\"get\":{\"key\":\"large-" + number % 2 + "\"}}]}");
      case EXECUTE -> execute(number);
      case MULTIGET -> multiget(multigetKeys);
      case PAGE -> calls.send("GET", FIXED + "?limit=2", "", 0, _ -> {});
      case STREAM -> calls.send("GET", FIXED + "?limit=2", "application/x-ndjson", 0, _ -> {});
      case EXPORT -> calls.send("GET", FIXED + ":export", "application/gzip", 0, _ -> {});
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
    return calls.send("POST", path, "application/json", body.length, out -> out.write(body));
  }

  private long shorter(long bytes) {
    return bytes - sequence.getAndIncrement() % LENGTHS * LENGTH_STEP;
  }

  private Written written(Form form, long bytes) {
    return new Written(form, bytes, sent.getAndIncrement());
  }

  private interface Call {
    int send() throws IOException;
  }

  /// Sends what writes some keys, and remembers what may be read of them.
  private int write(List<String> paths, Written written, Call call) throws IOException {
    paths.forEach(path -> writes.begin(path, written));
    int status = StreamedCalls.CUT;
    try {
      status = call.send();
      return status;
    } finally {
      // Of an import that was refused, some lines may be in all the same.
      boolean isPartly = status >= 300 && paths.getFirst().contains(LINE);
      int known = isPartly ? StreamedCalls.CUT : status;
      paths.forEach(path -> writes.end(path, written, known));
    }
  }

  private interface KeyedCall {
    int send(String key) throws IOException;
  }

  /// Sends what writes to a key of some that no other call is writing to.
  private int withKey(String kind, int number, KeyedCall call) throws IOException {
    int at = number % KEYS;
    while (!busy.add(kind + at)) {
      at++;
    }
    try {
      return call.send(kind + at);
    } finally {
      busy.remove(kind + at);
    }
  }

  private int put(String path, long bytes, Length length) throws IOException {
    long announced = length == Length.CHUNKED ? -1 : bytes;
    return write(
        List.of(path),
        written(Form.PLAIN, bytes),
        () ->
            calls.send(
                "PUT", path, "application/octet-stream", announced, out -> letters(out, bytes)));
  }

  private int putJson(int number) throws IOException {
    long bytes = shorter(value);
    return withKey(
        "json-",
        number,
        key ->
            write(
                List.of(WRITTEN + "/" + key),
                written(Form.QUOTED, bytes),
                () ->
                    calls.send(
                        "PUT",
                        WRITTEN + "/" + key,
                        "application/json",
                        bytes,
                        out -> json(out, bytes))));
  }

  private static long inBase64(long bytes) {
    return bytes / 3 * 4;
  }

  private int batch(int number) throws IOException {
    long each = shorter(Math.min(value, (batch - OVERHEAD_BYTES) / 4 * 3) / 3 * 3);
    int count = (int) Math.max(1, (batch - OVERHEAD_BYTES) / (inBase64(each) + 200));
    return withKey(
        "batch-",
        number,
        key ->
            write(
                IntStream.range(0, count).mapToObj(i -> WRITTEN + "/" + key + "-" + i).toList(),
                written(Form.DECODED, each),
                () ->
                    calls.send(
                        "POST",
                        WRITTEN + ":batch",
                        "application/json",
                        -1,
                        out -> batchTo(out, key, count, each))));
  }

  private static void batchTo(OutputStream out, String key, int count, long each)
      throws IOException {
    ascii(out, "{\"operations\":[");
    for (int i = 0; i < count; i++) {
      ascii(out, (i == 0 ? "" : ",") + "{\"put\":{\"key\":\"" + key + "-" + i);
      ascii(out, "\",\"valueBase64\":\"");
      letters(out, inBase64(each));
      ascii(out, "\"}}");
    }
    ascii(out, "]}");
  }

  private int execute(int number) throws IOException {
    long bytes =
        shorter(Math.min(Math.min(value, transaction - OVERHEAD_BYTES), batch - OVERHEAD_BYTES));
    return withKey(
        "execute-",
        number,
        key ->
            write(
                List.of(WRITTEN + "/" + key),
                written(Form.QUOTED, bytes),
                () ->
                    calls.send(
                        "POST",
                        "/v1/transactions:execute",
                        "application/json",
                        -1,
                        out -> {
                          ascii(out, "{\"then\":[{\"put\":{\"keyspace\":\"written\",\"key\":\"");
                          ascii(out, key + "\",\"value\":");
                          json(out, bytes);
                          ascii(out, "}}]}");
                        })));
  }

  private int importLines(int number) throws IOException {
    long bytes = shorter(Math.min(value, (line - OVERHEAD_BYTES) / 4 * 3) / 3 * 3);
    return withKey(
        LINE,
        number,
        key ->
            write(
                List.of(WRITTEN + "/" + key + "-0", WRITTEN + "/" + key + "-1"),
                written(Form.DECODED, bytes),
                () ->
                    imported(
                        "application/x-ndjson",
                        out -> {
                          for (int i = 0; i < 2; i++) {
                            ascii(out, "{\"key\":\"" + key + "-" + i + "\",\"valueBase64\":\"");
                            letters(out, inBase64(bytes));
                            ascii(out, "\"}\n");
                          }
                        })));
  }

  private int importRows(int number) throws IOException {
    long bytes = shorter(Math.min(value, line - OVERHEAD_BYTES));
    return withKey(
        LINE + "row-",
        number,
        key ->
            write(
                List.of(WRITTEN + "/" + key),
                written(Form.PLAIN, bytes),
                () ->
                    imported(
                        "text/csv",
                        out -> {
                          ascii(out, "key,value\n" + key + ",");
                          letters(out, bytes);
                          ascii(out, "\n");
                        })));
  }

  private int imported(String mediaType, StreamedCalls.Body body) throws IOException {
    return calls.send("POST", WRITTEN + ":import", mediaType, -1, body);
  }

  private int transaction(int number) throws IOException {
    long bytes = shorter(Math.min(value, transaction - 2 * OVERHEAD_BYTES));
    return withKey(
        "transaction-",
        number,
        key ->
            write(
                List.of(WRITTEN + "/" + key),
                written(Form.PLAIN, bytes),
                () -> transaction(key, bytes)));
  }

  private int transaction(String key, long bytes) throws IOException {
    HttpURLConnection begun = calls.open("POST", "/v1/transactions", "application/json");
    begun.setDoOutput(true);
    try (OutputStream out = begun.getOutputStream()) {
      // Longer than its calls may wait for memory.
      ascii(out, "{\"lease\":\"PT4M\"}");
    }
    int status = begun.getResponseCode();
    if (status != 201) {
      return StreamedCalls.drained(begun);
    }
    String path = "/v1/transactions/" + StreamedCalls.json(begun).get("id").asString();
    status =
        calls.send(
            "PUT",
            path + "/keyspaces/written/entries/" + key,
            "application/octet-stream",
            bytes,
            out -> letters(out, bytes));
    if (status >= 200 && status < 300) {
      status = calls.send("POST", path + "/commit", "", 0, _ -> {});
    }
    if (status < 200 || status >= 300) {
      calls.send("DELETE", path, "", 0, _ -> {});
    }
    return status;
  }

  /// Reads every key that was written.
  ///
  /// @return those that are not as they were acknowledged
  List<String> lost() {
    return writes.lost(this::value);
  }

  /// Number of keys with an acknowledged write.
  int acknowledged() {
    return writes.size();
  }

  /// A value as it is stored, or null.
  private @Nullable InputStream value(String path) throws IOException {
    HttpURLConnection call = calls.open("GET", path, "");
    int status = call.getResponseCode();
    for (int tries = 0; status == 503 && tries < 10; tries++) {
      StreamedCalls.drained(call);
      call = calls.open("GET", path, "");
      status = call.getResponseCode();
    }
    if (status == 404) {
      return null;
    }
    if (status != 200) {
      throw new IOException("a value was answered with " + status);
    }
    return call.getInputStream();
  }

  /// What a gauge or counter of the service shows.
  double metric(String line) throws IOException {
    return calls
        .text("/actuator/prometheus")
        .lines()
        .filter(each -> each.startsWith(line + " ") || each.startsWith(line + "{}"))
        .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no metric " + line));
  }

  private static void require(int status, int... allowed) {
    for (int each : allowed) {
      if (status == each) {
        return;
      }
    }
    throw new AssertionError("a call was answered " + status);
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

  private static void letters(OutputStream out, long count) throws IOException {
    for (long left = count; left > 0; left -= BLOCK_BYTES) {
      out.write(BLOCK, 0, (int) Math.min(left, BLOCK_BYTES));
    }
  }

  private static void json(OutputStream out, long bytes) throws IOException {
    out.write('"');
    letters(out, bytes - 2);
    out.write('"');
  }
}
