package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Entry;
import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.problem.Problem;
import io.lightningdb.server.problem.ProblemType;
import io.lightningdb.server.problem.ProblemWriter;
import io.lightningdb.server.web.ChargedBuffer;
import io.lightningdb.server.web.RequestDeadline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
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
    ChargedBuffer bytes = new ChargedBuffer(CallerMemory.Use.OUTGOING);
    try (JsonGenerator json = JsonText.generator(bytes)) {
      json.writeStartObject();
      results(
          json,
          result,
          keyEncoding,
          problem -> new String(problems.toJson(problem, instance), StandardCharsets.UTF_8));
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /// Writes the answer to a comparison and what was done.
  ///
  /// @param succeeded whether the comparison held
  /// @param result what was done; no operation failed
  /// @param keyEncoding how keys are written
  /// @return UTF-8
  public static byte[] executed(boolean succeeded, BatchResult result, KeyEncoding keyEncoding) {
    ChargedBuffer bytes = new ChargedBuffer(CallerMemory.Use.OUTGOING);
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
    bytes.write('\n');
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
  /// @param valueBytes finds the size of the value of a key, 0 if there is none
  /// @param version version that it reads at
  public record Source(
      Function<byte[], @Nullable Entry> entries, ToIntFunction<byte[]> valueBytes, long version) {}

  /// Writes the answer to a multiget, reading one entry after the other: no more than one large value is in memory.
  ///
  /// Nothing is written before it is certain that all values together are no larger than allowed. While they are few,
  /// that is so when they are read; else their sizes are added up first.
  ///
  /// @param source where entries are read
  /// @param keys what was asked for
  /// @param keyEncoding how keys are written
  /// @param bytesMax most bytes of all values together
  /// @param target takes UTF-8; stays open
  /// @throws io.lightningdb.server.problem.ProblemException if the values are larger
  /// @throws IOException if the client is gone
  public static void multiget(
      Source source, List<byte[]> keys, KeyEncoding keyEncoding, long bytesMax, OutputStream target)
      throws IOException {
    Beginning beginning = new Beginning(target, () -> checkTotal(source, keys, bytesMax));
    JsonGenerator json = JsonText.generator(beginning);
    EntryJson entries = new EntryJson(json, keyEncoding, EntryField.ALL);
    json.writeStartObject().writeArrayPropertyStart("entries");
    for (byte[] key : keys) {
      RequestDeadline.throwIfPast("A multiget");
      MemoryLease lease = MemoryLease.current();
      long held = lease == null ? 0 : lease.bytesInUse();
      Entry entry = source.entries().apply(key);
      long read = lease == null ? 0 : lease.bytesInUse() - held;
      if (entry == null) {
        entries.writeAbsent(key);
      } else {
        entries.write(key, entry.value(), entry.version(), entry.expiresAt());
      }
      if (lease != null) {
        lease.spareTo(lease.bytesInUse() - read);
      }
    }
    // Closed only when the answer is whole: closing would complete the JSON of a part.
    json.writeEndArray().writeNumberProperty("version", source.version()).writeEndObject().close();
    beginning.write('\n');
    beginning.sendRest();
  }

  private static void checkTotal(Source source, List<byte[]> keys, long bytesMax) {
    long bytes = 0;
    for (byte[] key : keys) {
      RequestDeadline.throwIfPast("A multiget");
      // Without the envelope of a usual media type.
      bytes += Math.max(0, source.valueBytes().applyAsInt(key) - 1);
      if (bytes > bytesMax) {
        String detail =
            "The values have more than %d bytes together; ask for fewer keys at a time."
                .formatted(bytesMax);
        throw Problem.of(ProblemType.BATCH_TOO_LARGE, detail)
            .withLimit(bytesMax, bytes)
            .asException();
      }
    }
  }

  /// Keeps the beginning of an answer until it is certain that all of it may be sent.
  private static final class Beginning extends OutputStream {
    private static final int HELD_BYTES_MAX = 256 << 10;

    private final OutputStream target;
    private final Runnable check;
    private @Nullable ChargedBuffer held = new ChargedBuffer(CallerMemory.Use.OUTGOING);

    Beginning(OutputStream target, Runnable check) {
      this.target = target;
      this.check = check;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ChargedBuffer beginning = held;
      if (beginning != null && beginning.size() + length <= HELD_BYTES_MAX) {
        beginning.write(bytes, offset, length);
        return;
      }
      if (beginning != null) {
        check.run();
        sendRest();
      }
      target.write(bytes, offset, length);
    }

    void sendRest() throws IOException {
      ChargedBuffer beginning = held;
      held = null;
      if (beginning != null) {
        beginning.writeTo(target);
      }
    }
  }
}
