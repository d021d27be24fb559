package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Scan;
import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.web.ChargedBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The text of one page while it is written. Confined to one request.
public final class PageText {
  private final Set<EntryField> fields;
  private final long bytesMax;
  private final ChargedBuffer bytes = new ChargedBuffer(CallerMemory.Use.OUTGOING);
  private final JsonGenerator json = JsonText.generator(bytes);
  private final EntryJson entries;
  private final KeyEncoding keyEncoding;

  // There if keys are folded. Written beside the entries, and put behind them at the end.
  private @Nullable ChargedBuffer prefixBytes;
  private @Nullable JsonGenerator prefixes;

  private int count;
  private long used;
  private byte @Nullable [] last;

  /// Starts a page without entries.
  ///
  /// @param fields which parts of entries are written
  /// @param keyEncoding how keys are written
  /// @param bytesMax most bytes of keys and values, except that one entry always fits
  public PageText(Set<EntryField> fields, KeyEncoding keyEncoding, long bytesMax) {
    this.fields = fields;
    this.bytesMax = bytesMax;
    this.keyEncoding = keyEncoding;
    this.entries = new EntryJson(json, keyEncoding, fields);
    json.writeStartObject().writeArrayPropertyStart("entries");
  }

  /// Writes entries until the page is full or the scan is at its end.
  ///
  /// @param scan where the page begins
  /// @param limit most entries
  /// @return the last key written if more are to come, else null
  public byte @Nullable [] fill(Scan scan, int limit) {
    while (scan.next()) {
      if (!add(scan, limit)) {
        return last;
      }
    }
    return null;
  }

  /// Writes one entry, if there is room.
  ///
  /// @param scan stands at it
  /// @param limit most entries and prefixes
  /// @return false if the page is full
  boolean add(Scan scan, int limit) {
    boolean withValues = fields.contains(EntryField.VALUE);
    byte[] key = scan.key();
    if (isFull(key.length + (withValues ? scan.valueBytes() : 0), limit)) {
      return false;
    }
    MemoryLease lease = MemoryLease.current();
    long held = lease == null ? 0 : lease.bytesInUse();
    byte[] value = withValues ? scan.value() : null;
    long read = lease == null ? 0 : lease.bytesInUse() - held;
    entries.write(key, value, scan.version(), scan.expiresAt());
    if (lease != null) {
      // The value is in the page now, which has paid for itself.
      lease.spareTo(lease.bytesInUse() - read);
    }
    last = key;
    return true;
  }

  /// Has the page tell of prefixes, even if there are none.
  void withPrefixes() {
    prefixBytes = new ChargedBuffer(CallerMemory.Use.OUTGOING);
    prefixes = JsonText.generator(prefixBytes);
    prefixes.writeStartArray();
  }

  /// Writes what keys were folded into, if there is room.
  ///
  /// @param prefix what they begin with
  /// @param limit most entries and prefixes
  /// @return false if the page is full
  boolean addPrefix(byte[] prefix, int limit) {
    JsonGenerator target = Objects.requireNonNull(prefixes);
    if (isFull(prefix.length, limit)) {
      return false;
    }
    EntryJson.writePrefix(target, prefix, keyEncoding);
    last = prefix;
    return true;
  }

  private boolean isFull(long bytesMore, int limit) {
    used += bytesMore;
    return count++ == limit || (last != null && used > bytesMax);
  }

  /// What was written last.
  ///
  /// @return a key or a prefix, or null if there is none
  byte @Nullable [] last() {
    return last;
  }

  /// Ends the page.
  ///
  /// @param version version that it was read at
  /// @param cursor where the next page begins, or nothing on the last page
  /// @return the whole page
  public Page toPage(long version, Optional<String> cursor) {
    json.writeEndArray();
    writePrefixes();
    cursor.ifPresent(text -> json.writeStringProperty("cursor", text));
    json.writeNumberProperty("version", version).writeEndObject().close();
    bytes.write('\n');
    return new Page(bytes, version, cursor);
  }

  private void writePrefixes() {
    ChargedBuffer written = prefixBytes;
    JsonGenerator target = prefixes;
    if (written == null || target == null) {
      return;
    }
    target.writeEndArray().close();
    json.writeName("prefixes");
    json.writeRawValue("");
    json.flush();
    try {
      written.writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory took no bytes", e);
    }
  }
}
