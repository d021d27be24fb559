package io.lightningdb.bench.http;

import io.lightningdb.bench.server.Target;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// The requests of all workloads.
final class Exchanges {
  private static final String ENTRIES = "/v1/keyspaces/default/entries";
  private static final String LOGGED = "Lightning-Durability: logged\r\n";
  private static final String SYNCED = "Lightning-Durability: synced\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final int OK = 200;
  private static final int ACCEPTED = 202;

  /// How far from the ends of a JSON answer the first and the last value begin and end, at most.
  private static final int JSON_AROUND_BYTES = 400;

  private final Entries entries;
  private final long count;
  private final Map<Workload, Exchange> made = new EnumMap<>(Workload.class);

  /// @param entries keys and values
  /// @param count how many there are
  Exchanges(Entries entries, long count) {
    this.entries = entries;
    this.count = count;
  }

  /// The requests of a workload, made once.
  ///
  /// @param target always the same
  /// @throws IllegalArgumentException if the target does not offer them
  Exchange of(Target target, Workload workload) {
    return made.computeIfAbsent(workload, _ -> make(target, workload));
  }

  private Exchange make(Target target, Workload workload) {
    return switch (target) {
      case LIGHTNING -> ofService(workload);
      case FLOOR, BARE_FLOOR -> ofFloor(workload);
      case ETCD -> ofEtcd(workload);
    };
  }

  private Exchange ofService(Workload workload) {
    return switch (workload) {
      case GET -> new Get(this::isValueOf);
      case PUT_LOGGED -> put(LOGGED, ACCEPTED);
      case PUT_SYNCED -> put(SYNCED, OK);
      case MULTIGET -> new Multiget();
      case PAGE -> new Page();
      case BATCH -> new Batch();
      case IMPORT -> new Import();
    };
  }

  private Exchange ofFloor(Workload workload) {
    return switch (workload) {
      case GET ->
          new Get(
              (answer, _) -> answer.status() == OK && answer.bodyBytes() == Entries.VALUE_BYTES);
      case PUT_LOGGED -> put(LOGGED, ACCEPTED);
      default -> throw new IllegalArgumentException("the floor has no " + workload);
    };
  }

  private Exchange ofEtcd(Workload workload) {
    return switch (workload) {
      case GET -> new EtcdRange();
      case PUT_SYNCED -> new EtcdPut();
      default -> throw new IllegalArgumentException("etcd is not asked for " + workload);
    };
  }

  private boolean isValueOf(Answer answer, long number) {
    return answer.status() == OK
        && answer.bodyBytes() == Entries.VALUE_BYTES
        && entries.isValue(number, answer.bytes(), answer.bodyStart());
  }

  /// Whether an answer is JSON that begins with the value of one entry and ends with that of another.
  private boolean isFromTo(Answer answer, long first, long last) {
    int start = answer.bodyStart();
    int end = start + answer.bodyBytes();
    return answer.status() == OK
        && answer.bodyBytes() > Entries.GROUP * Entries.VALUE_BYTES
        && entries.hasValue(first, answer.bytes(), start, start + JSON_AROUND_BYTES)
        && entries.hasValue(last, answer.bytes(), end - JSON_AROUND_BYTES, end);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String head(String method, String path, String headers) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
  }

  private static byte[] post(String path, String headers, byte[] body) {
    byte[] head = ascii(head("POST", path, headers) + length(body.length) + "\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head);
    request.writeBytes(body);
    return request.toByteArray();
  }

  private static String length(int bytes) {
    return "Content-Length: " + bytes + "\r\n";
  }

  /// The place of the next key among zeros that stand for it.
  private static int place(byte[] request, String mark, int from) {
    int at = new String(request, StandardCharsets.US_ASCII).indexOf(mark, from);
    if (at < 0) {
      throw new IllegalStateException("no " + mark + " in the request");
    }
    return at;
  }

  /// Judges an answer.
  private interface Check {
    boolean isRight(Answer answer, long number);
  }

  /// A request that never changes but for one key in it.
  private static final class Get implements Exchange {
    private static final String KEY = "0".repeat(Entries.KEY_BYTES);
    private final byte[] request = ascii(head("GET", ENTRIES + "/" + KEY, "") + "\r\n");
    private final int key = place(request, KEY, 0);
    private final Check check;

    Get(Check check) {
      this.check = check;
    }

    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      Entries.writeKey(number, request, key);
      return own.put(request).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      return check.isRight(answer, number);
    }
  }

  private Exchange put(String durability, int status) {
    String key = "0".repeat(Entries.KEY_BYTES);
    String value = "v".repeat(Entries.VALUE_BYTES);
    String headers = durability + JSON + length(value.length());
    byte[] request = ascii(head("PUT", ENTRIES + "/" + key, headers) + "\r\n" + value);
    return new Put(request, place(request, key, 0), place(request, value, 0), status);
  }

  /// A value, sent as it is.
  private final class Put implements Exchange {
    private final byte[] request;
    private final int key;
    private final int value;
    private final int status;

    Put(byte[] request, int key, int value, int status) {
      this.request = request;
      this.key = key;
      this.value = value;
      this.status = status;
    }

    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      Entries.writeKey(number, request, key);
      entries.writeValue(number, request, value);
      return own.put(request).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      return answer.status() == status;
    }
  }

  /// Entries all over the key space.
  private final class Multiget implements Exchange {
    private static final String KEY = "\"" + "0000000000000000" + "\"";
    private final byte[] request;
    private final int firstKey;
    private final long stride = count / Entries.GROUP;

    Multiget() {
      String keys = String.join(",", Collections.nCopies(Entries.GROUP, KEY));
      request = post(ENTRIES + ":multiget", JSON, ascii("{\"keys\":[" + keys + "]}"));
      firstKey = place(request, KEY, 0) + 1;
    }

    private long numberOf(long number, int i) {
      return (number + i * stride) % count;
    }

    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      for (int i = 0; i < Entries.GROUP; i++) {
        Entries.writeKey(numberOf(number, i), request, firstKey + i * (KEY.length() + 1));
      }
      return own.put(request).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      return isFromTo(answer, number, numberOf(number, Entries.GROUP - 1));
    }
  }

  /// The first page from a key on.
  private final class Page implements Exchange {
    private static final String KEY = "0000000000000000";
    private final byte[] request =
        ascii(head("GET", ENTRIES + "?start=" + KEY + "&limit=" + Entries.GROUP, "") + "\r\n");
    private final int key = place(request, KEY, 0);

    /// One behind which there is a whole page.
    private long first(long number) {
      return Math.min(number, count - Entries.GROUP);
    }

    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      Entries.writeKey(first(number), request, key);
      return own.put(request).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      long first = first(number);
      return isFromTo(answer, first, first + Entries.GROUP - 1);
    }
  }

  /// Entries all over the key space, in one commit.
  private final class Batch implements Exchange {
    private static final String KEY = "0000000000000000";
    private final byte[] request;
    private final int[] keys = new int[Entries.GROUP];
    private final int[] values = new int[Entries.GROUP];
    private final long stride = count / Entries.GROUP;

    Batch() {
      String value = "v".repeat(Entries.VALUE_BYTES);
      String put = "{\"put\":{\"key\":\"" + KEY + "\",\"value\":" + value + "}}";
      String puts = String.join(",", Collections.nCopies(Entries.GROUP, put));
      String body = "{\"operations\":[" + puts + "],\"atomic\":true}";
      request = post(ENTRIES + ":batch", LOGGED + JSON, ascii(body));
      int at = 0;
      for (int i = 0; i < Entries.GROUP; i++) {
        keys[i] = place(request, KEY, at);
        values[i] = place(request, value, keys[i]);
        at = values[i];
      }
    }

    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      for (int i = 0; i < Entries.GROUP; i++) {
        long each = (number + i * stride) % count;
        Entries.writeKey(each, request, keys[i]);
        entries.writeValue(each, request, values[i]);
      }
      return own.put(request).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      return answer.status() == ACCEPTED;
    }
  }

  /// Lines of JSON. The requests are made beforehand, each with entries that follow one another.
  private final class Import implements Exchange {
    private final byte[] imported = ascii("\"imported\":" + Entries.IMPORT_LINES + ",");
    private final Map<Long, ByteBuffer> requests = new HashMap<>();

    Import() {
      for (long first = 0; first < count; first += Entries.IMPORT_LINES) {
        byte[] request = importRequest(first);
        requests.put(first, ByteBuffer.allocateDirect(request.length).put(request).flip());
      }
    }

    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      ByteBuffer request = requests.get(number - number % Entries.IMPORT_LINES);
      if (request == null) {
        throw new IllegalArgumentException("there is no entry " + number);
      }
      return request.duplicate();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      if (answer.status() != ACCEPTED) {
        return false;
      }
      int end = answer.bodyStart() + answer.bodyBytes();
      for (int at = answer.bodyStart(); at + imported.length <= end; at++) {
        if (Arrays.equals(answer.bytes(), at, at + imported.length, imported, 0, imported.length)) {
          return true;
        }
      }
      return false;
    }
  }

  private byte[] importRequest(long first) {
    StringBuilder lines = new StringBuilder();
    byte[] value = new byte[Entries.VALUE_BYTES];
    for (long number = first; number < first + Entries.IMPORT_LINES; number++) {
      entries.writeValue(number, value, 0);
      String text = new String(value, StandardCharsets.US_ASCII);
      String key = text.substring(1, 1 + Entries.KEY_BYTES);
      lines.append("{\"key\":\"").append(key).append("\",\"value\":").append(text).append("}\n");
    }
    String headers = LOGGED + "Content-Type: application/x-ndjson\r\n";
    return post(ENTRIES + ":import", headers, ascii(lines.toString()));
  }

  // What is allocated for base64 is little beside what the gateway costs.

  private static String base64Key(long number) {
    byte[] key = new byte[Entries.KEY_BYTES];
    Entries.writeKey(number, key, 0);
    return Base64.getEncoder().encodeToString(key);
  }

  private String base64Value(long number) {
    byte[] value = new byte[Entries.VALUE_BYTES];
    entries.writeValue(number, value, 0);
    return Base64.getEncoder().encodeToString(value);
  }

  /// Reads one entry of etcd.
  private final class EtcdRange implements Exchange {
    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      String body = "{\"key\":\"" + base64Key(number) + "\"}";
      return own.put(post("/v3/kv/range", JSON, ascii(body))).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      String value = "\"value\":\"" + base64Value(number) + "\"";
      return answer.status() == OK
          && new String(
                  answer.bytes(), answer.bodyStart(), answer.bodyBytes(), StandardCharsets.US_ASCII)
              .contains(value);
    }
  }

  /// Replaces one entry of etcd.
  private final class EtcdPut implements Exchange {
    @Override
    public ByteBuffer request(ByteBuffer own, long number) {
      String key = base64Key(number);
      String value = base64Value(number);
      String body = "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
      return own.put(post("/v3/kv/put", JSON, ascii(body))).flip();
    }

    @Override
    public boolean isRight(Answer answer, long number) {
      return answer.status() == OK;
    }
  }
}
