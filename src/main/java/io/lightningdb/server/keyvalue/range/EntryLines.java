package io.lightningdb.server.keyvalue.range;

import io.lightningdb.engine.Scan;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;

/// Writes entries, one a line, with no more than one of them in memory.
public final class EntryLines {
  private EntryLines() {}

  /// Writes what a scan finds.
  ///
  /// @param scan where to begin
  /// @param request how entries are written, and how many
  /// @param target takes the lines; stays open
  public static void write(Scan scan, PageRequest request, OutputStream target) {
    boolean withValues = request.fields().contains(EntryField.VALUE);
    try (JsonGenerator json = JsonText.generator(target)) {
      EntryJson entries = new EntryJson(json, request.keyEncoding(), request.fields());
      for (int count = 0; count < request.limit() && scan.next(); count++) {
        MemoryLease lease = MemoryLease.current();
        long held = lease == null ? 0 : lease.bytesInUse();
        byte[] value = withValues ? scan.value() : null;
        entries.write(scan.key(), value, scan.version(), scan.expiresAt());
        json.writeRaw('\n');
        if (lease != null) {
          lease.spareTo(held);
        }
      }
    }
  }
}
