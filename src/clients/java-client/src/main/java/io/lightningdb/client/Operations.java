package io.lightningdb.client;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Operations of a batch or an execution, in their order. Not thread-safe. */
final class Operations {
  private final List<Operation> operations = new ArrayList<>();

  private static final class Operation {
    private final String kind;
    private final String keyspace;
    private final Key key;
    private Value value;
    private WriteOptions options = WriteOptions.defaults();
    private long by;
    private long initial;

    private Operation(String kind, String keyspace, Key key) {
      this.kind = kind;
      this.keyspace = keyspace;
      this.key = key;
    }
  }

  void put(String keyspace, Key key, Value value, WriteOptions options) {
    options.requireNoDurability();
    Operation operation = add("put", keyspace, key);
    operation.value = value;
    operation.options = options;
  }

  void delete(String keyspace, Key key, WriteOptions options) {
    options.requireNoDurability();
    options.requireNoEnd();
    add("delete", keyspace, key).options = options;
  }

  void get(String keyspace, Key key) {
    add("get", keyspace, key);
  }

  void increment(String keyspace, Key key, long by, long initial) {
    Operation operation = add("increment", keyspace, key);
    operation.by = by;
    operation.initial = initial;
  }

  private Operation add(String kind, String keyspace, Key key) {
    Operation operation = new Operation(kind, keyspace, key);
    operations.add(operation);
    return operation;
  }

  /** Whether nothing is changed by them, however often they are done. */
  boolean areReads() {
    return operations.stream().allMatch(operation -> operation.kind.equals("get"));
  }

  boolean areText() {
    return operations.stream().allMatch(operation -> operation.key.isText());
  }

  void write(JsonGenerator out, boolean text) {
    out.writeStartArray();
    for (Operation operation : operations) {
      out.writeStartObject();
      out.writeName(operation.kind);
      write(out, operation, text);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, Operation operation, boolean text) {
    out.writeStartObject();
    writePlace(out, operation.keyspace, operation.key, text);
    if (operation.value != null) {
      writeValue(out, operation.value);
      if (operation.options.ttl() != null) {
        out.writeStringProperty("ttl", operation.options.ttl());
      }
      if (operation.options.expiresAtText() != null) {
        out.writeStringProperty("expiresAt", operation.options.expiresAtText());
      }
    }
    if (operation.kind.equals("increment")) {
      out.writeNumberProperty("by", operation.by);
      out.writeNumberProperty("initial", operation.initial);
    }
    if (operation.options.hasCondition()) {
      out.writeNumberProperty("ifVersion", operation.options.condition().ifVersion());
    }
    out.writeEndObject();
  }

  static void writePlace(JsonGenerator out, String keyspace, Key key, boolean text) {
    if (keyspace != null) {
      out.writeStringProperty("keyspace", keyspace);
    }
    out.writeStringProperty("key", text ? key.toString() : key.base64url());
  }

  /** JSON that is certain to be some stands as it is; everything else is Base64, which keeps each byte. */
  static void writeValue(JsonGenerator out, Value value) {
    if (value.isOneLineJson()) {
      out.writeName("value");
      out.writeRawValue(value.text());
    } else {
      out.writeName("valueBase64");
      out.writeBinary(value.rawBytes());
    }
    out.writeStringProperty("contentType", value.contentType());
  }
}
