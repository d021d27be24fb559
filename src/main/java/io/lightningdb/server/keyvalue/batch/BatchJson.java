package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Entry;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.web.RequestDeadline;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes the answers to batches, multigets and executions.
public final class BatchJson {
  private BatchJson() {}

  /// Writes the answer to a batch.
  ///
  /// @param result what the batch did
  /// @param keyEncoding how keys are written
  /// @param problems writes what went wrong with single operations
  /// @param instance the path asked for
  /// @return UTF-8
  public static byte[] batch(
      BatchResult result, KeyEncoding keyEncoding, ProblemWriter problems, String instance) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(bytes)) {
      json.writeStartObject();
      results(
          json,
          result,
          keyEncoding,
          problem -> new String(problems.toJson(problem, instance), StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /// Writes the answer to a comparison and what was done.
  ///
  /// @param succeeded whether the comparison held
  /// @param result what was done; no operation failed
  /// @param keyEncoding how keys are written
  /// @return UTF-8
  public static byte[] executed(boolean succeeded, BatchResult result, KeyEncoding keyEncoding) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonText.generator(bytes)) {
      json.writeStartObject().writeBooleanProperty("succeeded", succeeded);
      results(
          json,
          result,
          keyEncoding,
          problem -> {
            throw problem.asException();
          });
    }
    return bytes.toByteArray();
  }

  private static void results(
      JsonGenerator json,
      BatchResult result,
      KeyEncoding keyEncoding,
      Function<Problem, String> failure) {
    EntryJson entries = new EntryJson(json, keyEncoding, EntryField.ALL);
    json.writeNumberProperty("version", result.version()).writeArrayPropertyStart("results");
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
            entries.write(read.key(), read.stored(), read.version(), read.expiresAt());
        case OperationResult.Failed failed ->
            json.writeStartObject()
                .writeName("problem")
                .writeRawValue(failure.apply(failed.problem()))
                .writeEndObject();
      }
    }
    json.writeEndArray().writeEndObject();
  }

  /// Where the entries of a multiget are read.
  ///
  /// @param entries finds the entry of a key, or null
  /// @param version version that it reads at
  public record Source(Function<byte[], @Nullable Entry> entries, long version) {}

  /// Writes the answer to a multiget, reading one entry after the other.
  ///
  /// @param source where entries are read
  /// @param keys what was asked for
  /// @param keyEncoding how keys are written
  /// @param target takes UTF-8; stays open
  public static void multiget(
      Source source, List<byte[]> keys, KeyEncoding keyEncoding, OutputStream target) {
    JsonGenerator json = JsonText.generator(target);
    EntryJson entries = new EntryJson(json, keyEncoding, EntryField.ALL);
    json.writeStartObject().writeArrayPropertyStart("entries");
    for (byte[] key : keys) {
      RequestDeadline.throwIfPast("A multiget");
      Entry entry = source.entries().apply(key);
      if (entry == null) {
        entries.writeAbsent(key);
      } else {
        entries.write(key, entry.value(), entry.version(), entry.expiresAt());
      }
    }
    // Closed only when the answer is whole: closing would complete the JSON of a part.
    json.writeEndArray().writeNumberProperty("version", source.version()).writeEndObject().close();
  }
}
