package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Entry;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.problem.ProblemWriter;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes the answers to batches and multigets.
final class BatchJson {
  private BatchJson() {}

  /// Writes the answer to a batch.
  ///
  /// @param result what the batch did
  /// @param keyEncoding how keys are written
  /// @param problems writes what went wrong with single operations
  /// @param instance the path asked for
  /// @return UTF-8
  static byte[] batch(
      BatchResult result, KeyEncoding keyEncoding, ProblemWriter problems, String instance) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(bytes)) {
      EntryJson entries = new EntryJson(json, keyEncoding, EntryField.ALL);
      json.writeStartObject()
          .writeNumberProperty("version", result.version())
          .writeArrayPropertyStart("results");
      for (OperationResult each : result.results()) {
        switch (each) {
          case OperationResult.Written written ->
              json.writeStartObject()
                  .writeNumberProperty("version", written.version())
                  .writeEndObject();
          case OperationResult.Counted counted ->
              json.writeStartObject()
                  .writeNumberProperty("value", counted.value())
                  .writeNumberProperty("version", counted.version())
                  .writeEndObject();
          case OperationResult.Read read when read.stored() == null ->
              entries.writeAbsent(read.key());
          case OperationResult.Read read ->
              entries.write(read.key(), read.stored(), read.version());
          case OperationResult.Failed failed -> {
            json.writeStartObject().writeName("problem");
            json.writeRawValue(
                new String(problems.toJson(failed.problem(), instance), StandardCharsets.UTF_8));
            json.writeEndObject();
          }
        }
      }
      json.writeEndArray().writeEndObject();
    }
    return bytes.toByteArray();
  }

  /// Writes the answer to a multiget, reading one entry after the other.
  ///
  /// @param keyspace where
  /// @param keys what was asked for
  /// @param keyEncoding how keys are written
  /// @param snapshot what entries are read at
  /// @param target takes UTF-8; stays open
  static void multiget(
      Keyspace keyspace,
      List<byte[]> keys,
      KeyEncoding keyEncoding,
      Snapshot snapshot,
      OutputStream target) {
    JsonGenerator json = JsonText.generator(target);
    EntryJson entries = new EntryJson(json, keyEncoding, EntryField.ALL);
    json.writeStartObject().writeArrayPropertyStart("entries");
    for (byte[] key : keys) {
      Entry entry = keyspace.entry(key, snapshot);
      if (entry == null) {
        entries.writeAbsent(key);
      } else {
        entries.write(key, entry.value(), entry.version());
      }
    }
    // Closed only when the answer is whole: closing would complete the JSON of a part.
    json.writeEndArray()
        .writeNumberProperty("version", snapshot.version())
        .writeEndObject()
        .close();
  }
}
