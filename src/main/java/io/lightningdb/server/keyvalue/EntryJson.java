package io.lightningdb.server.keyvalue;

import io.lightningdb.engine.Entry;
import io.lightningdb.server.web.PercentDecoding;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonGenerator;

/// Writes entries as JSON objects. *Not thread-safe.*
public final class EntryJson {
  private final JsonGenerator json;
  private final KeyEncoding keyEncoding;
  private final Set<EntryField> fields;

  /// Writes to a generator.
  ///
  /// @param json where to
  /// @param keyEncoding how keys are written; one that is not text is written as base64url in any case, and says so
  /// @param fields which parts of entries are written
  public EntryJson(JsonGenerator json, KeyEncoding keyEncoding, Set<EntryField> fields) {
    this.json = json;
    this.keyEncoding = keyEncoding;
    this.fields = fields;
  }

  /// Writes one entry.
  ///
  /// @param key its key
  /// @param stored its value as the engine keeps it, or null if values are not asked for
  /// @param version its version
  /// @param expiresAt when it expires, or null if it does not
  public void write(
      byte[] key, byte @Nullable [] stored, long version, @Nullable Instant expiresAt) {
    // Read before anything is written: a value that cannot be read must not leave half an entry
    // behind.
    StoredValue value =
        stored != null && fields.contains(EntryField.VALUE) ? StoredValue.of(stored) : null;
    json.writeStartObject();
    if (fields.contains(EntryField.KEY)) {
      writeKey(key);
    }
    if (value != null) {
      writeValue(value);
    }
    if (fields.contains(EntryField.VERSION)) {
      json.writeNumberProperty("version", version);
    }
    if (expiresAt != null && fields.contains(EntryField.EXPIRES_AT)) {
      writeExpiresAt(expiresAt);
    }
    json.writeEndObject();
  }

  /// Writes a key for which there is no entry: it has version 0 and no value.
  ///
  /// @param key the key
  public void writeAbsent(byte[] key) {
    json.writeStartObject();
    writeKey(key);
    json.writeNumberProperty("version", 0);
    json.writeEndObject();
  }

  /// Writes one entry in the form that import reads: everything but its version, and so that its value comes back byte by
  /// byte.
  ///
  /// @param key its key
  /// @param entry the entry
  public void writeExport(byte[] key, Entry entry) {
    StoredValue value = StoredValue.of(entry.value());
    Instant expiresAt = entry.expiresAt();
    json.writeStartObject();
    writeKey(key);
    if (value.isJson() && !JsonText.fitsLine(value.bytes())) {
      writeBase64(value);
    } else {
      writeValue(value);
    }
    if (expiresAt != null) {
      writeExpiresAt(expiresAt);
    }
    json.writeEndObject();
  }

  private void writeExpiresAt(Instant expiresAt) {
    json.writeStringProperty("expiresAt", expiresAt.toString());
  }

  private void writeKey(byte[] key) {
    writeKey(json, "key", key, keyEncoding);
  }

  private static void writeKey(
      JsonGenerator json, String name, byte[] key, KeyEncoding keyEncoding) {
    Optional<String> text = keyEncoding == KeyEncoding.TEXT ? KeyText.text(key) : Optional.empty();
    json.writeStringProperty(name, text.orElseGet(() -> KeyText.base64url(key)));
    if (text.isEmpty()) {
      json.writeStringProperty("keyEncoding", KeyEncoding.BASE64URL.word());
    }
  }

  /// Writes what keys begin with, as an object of its own.
  ///
  /// @param json where to
  /// @param prefix the beginning of keys
  /// @param keyEncoding how it is written, as keys are
  public static void writePrefix(JsonGenerator json, byte[] prefix, KeyEncoding keyEncoding) {
    json.writeStartObject();
    writeKey(json, "prefix", prefix, keyEncoding);
    json.writeEndObject();
  }

  private void writeValue(StoredValue value) {
    if (value.isJson()) {
      json.writeName("value");
      // Valid since it was stored. Line breaks would end a line of a stream. The array is our own.
      JsonText.putOnOneLine(value.bytes());
      json.writeRawValue(new RawJson(value.bytes()));
      writeContentType(value);
      return;
    }
    if (value.isText() && PercentDecoding.isUtf8(value.bytes())) {
      json.writeName("value");
      json.writeUTF8String(value.bytes(), 0, value.bytes().length);
      writeContentType(value);
    } else {
      writeBase64(value);
    }
  }

  private void writeBase64(StoredValue value) {
    json.writeName("valueBase64");
    json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, value.bytes(), 0, value.bytes().length);
    writeContentType(value);
  }

  private void writeContentType(StoredValue value) {
    json.writeStringProperty("contentType", value.contentType());
  }
}
