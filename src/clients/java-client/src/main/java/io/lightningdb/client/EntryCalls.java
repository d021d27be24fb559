package io.lightningdb.client;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The calls that a keyspace has in common with itself inside of a transaction. Thread-safe. */
final class EntryCalls {
  private final Transport transport;
  private final String path;
  private final boolean inTransaction;

  EntryCalls(Transport transport, String path, boolean inTransaction) {
    this.transport = transport;
    this.path = path;
    this.inTransaction = inTransaction;
  }

  static String keyspacePath(String name) {
    return "/v1/keyspaces/" + Key.percentEncoded(name.getBytes(StandardCharsets.UTF_8));
  }

  private Call keyed(String method, boolean repeatable, Key key, String suffix) {
    boolean text = key.isTextInPath();
    String written = text ? key.percentEncoded() : key.base64url();
    String target = path + "/entries/" + written + suffix;
    Call call = repeatable ? Call.repeatable(method, target) : Call.once(method, target);
    return call.parameter("keyEncoding", text ? null : "base64url");
  }

  Optional<Entry> get(Key key, Long at, boolean lock) {
    Call call =
        keyed("GET", true, key, "")
            .parameter("at", at == null ? null : Long.toString(at))
            .parameter("lock", lock ? "update" : null);
    return transport.send(
        call,
        answer ->
            Optional.of(
                new Entry(
                    key,
                    Value.ofAnswer(answer.body(), answer.contentType()),
                    answer.entryVersion(),
                    Optional.ofNullable(answer.expiresAt()))),
        refusal -> refusal.is("entry-not-found") ? Optional.empty() : null);
  }

  long put(Key key, Value value, WriteOptions options) {
    Call call = keyed("PUT", !options.hasCondition(), key, "");
    options.applyTo(call);
    call.header("Lightning-Durability", durability(options));
    call.body(value.rawBytes(), value.contentType());
    return transport.send(call).version();
  }

  boolean delete(Key key, WriteOptions options) {
    options.requireNoEnd();
    Call call = keyed("DELETE", !options.hasCondition(), key, "");
    options.applyTo(call);
    call.header("Lightning-Durability", durability(options));
    // An attempt whose answer was lost may have removed it.
    return transport.send(
        call,
        answer -> true,
        refusal -> refusal.is("entry-not-found") ? refusal.isRepeated() : null);
  }

  private String durability(WriteOptions options) {
    if (inTransaction) {
      options.requireNoDurability();
    }
    return options.durabilityWord();
  }

  long increment(Key key, long by, long initial, Durability durability) {
    Call call = keyed("POST", false, key, "/increment");
    if (!inTransaction) {
      call.withIdempotencyKey().header("Lightning-Durability", Durability.word(durability));
    }
    call.json(
        Json.written(out -> {
          out.writeStartObject();
          out.writeNumberProperty("by", by);
          out.writeNumberProperty("initial", initial);
          out.writeEndObject();
        }));
    return Json.MAPPER.readTree(transport.send(call).body()).get("value").asLong();
  }

  Map<Key, Entry> getAll(Collection<Key> keys) {
    boolean text = keys.stream().allMatch(Key::isText);
    Call call =
        Call.repeatable("POST", path + "/entries:multiget")
            .parameter("keyEncoding", text ? null : "base64url")
            .json(
                Json.written(out -> {
                  out.writeStartObject();
                  out.writeName("keys");
                  out.writeStartArray();
                  keys.forEach(key -> out.writeString(text ? key.toString() : key.base64url()));
                  out.writeEndArray();
                  out.writeEndObject();
                }));
    byte[] body = transport.send(call).body();
    Map<Key, Entry> found = new LinkedHashMap<>();
    try (JsonParser parser = Json.MAPPER.createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("entries")) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            EntryReader.Item item = EntryReader.item(parser, body);
            if (item.hasValue()) {
              found.put(item.key(), item.entry());
            }
          }
        } else {
          parser.skipChildren();
        }
      }
    }
    return found;
  }

  BatchResult batch(Batch batch) {
    String target = path + "/entries:batch";
    Call call = batch.isRead() ? Call.repeatable("POST", target) : Call.once("POST", target);
    call.parameter("keyEncoding", batch.isText() ? null : "base64url").json(batch.written());
    if (inTransaction) {
      if (batch.durabilityWord() != null) {
        WriteOptions.defaults().durability(Durability.SYNCED).requireNoDurability();
      }
    } else {
      call.header("Lightning-Durability", batch.durabilityWord());
      if (batch.isKeyed()) {
        call.withIdempotencyKey();
      }
    }
    return BatchResult.of(transport.send(call).body());
  }

  EntryStream scan(Range range) {
    Call call = Call.repeatable("GET", path + "/entries").header("Accept", "application/x-ndjson");
    range.applyTo(call);
    return new EntryStream(call.toString(), transport.open(call));
  }

  Page list(Range range, String cursor) {
    Call call =
        Call.repeatable("GET", path + "/entries")
            .header("Accept", "application/json")
            .parameter("cursor", cursor);
    range.applyTo(call);
    return Page.of(transport.send(call).body());
  }

  long count(Range range) {
    range.requireNoLimit();
    Call call = Call.repeatable("GET", path + "/entries:count");
    range.applyBoundsTo(call);
    return Json.MAPPER.readTree(transport.send(call).body()).get("count").asLong();
  }

  void deleteRange(Range range, Durability durability) {
    range.requireNoLimit();
    Call call = Call.repeatable("DELETE", path + "/entries").parameter("confirm", "true");
    range.applyBoundsTo(call);
    call.header("Lightning-Durability", Durability.word(durability));
    transport.send(call);
  }
}
