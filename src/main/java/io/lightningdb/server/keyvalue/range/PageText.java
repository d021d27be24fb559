package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Scan;
import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.web.ChargedBuffer;
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

  /// Starts a page without entries.
  ///
  /// @param fields which parts of entries are written
  /// @param keyEncoding how keys are written
  /// @param bytesMax most bytes of keys and values, except that one entry always fits
  public PageText(Set<EntryField> fields, KeyEncoding keyEncoding, long bytesMax) {
    this.fields = fields;
    this.bytesMax = bytesMax;
    this.entries = new EntryJson(json, keyEncoding, fields);
    json.writeStartObject().writeArrayPropertyStart("entries");
  }

  /// Writes entries until the page is full or the scan is at its end.
  ///
  /// @param scan where the page begins
  /// @param limit most entries
  /// @return the last key written if more are to come, else null
  public byte @Nullable [] fill(Scan scan, int limit) {
    boolean withValues = fields.contains(EntryField.VALUE);
    long used = 0;
    byte[] last = null;
    for (int count = 0; scan.next(); count++) {
      byte[] key = scan.key();
      used += key.length + (withValues ? scan.valueBytes() : 0);
      if (count == limit || (last != null && used > bytesMax)) {
        return last;
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
    }
    return null;
  }

  /// Ends the page.
  ///
  /// @param version version that it was read at
  /// @param cursor where the next page begins, or nothing on the last page
  /// @return the whole page
  public Page toPage(long version, Optional<String> cursor) {
    json.writeEndArray();
    cursor.ifPresent(text -> json.writeStringProperty("cursor", text));
    json.writeNumberProperty("version", version).writeEndObject().close();
    bytes.write('\n');
    return new Page(bytes, version, cursor);
  }
}
