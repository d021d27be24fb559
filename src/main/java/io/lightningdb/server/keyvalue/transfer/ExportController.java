package io.lightningdb.server.keyvalue.transfer;

import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.server.Headers;
import io.lightningdb.server.keyvalue.EntryField;
import io.lightningdb.server.keyvalue.EntryJson;
import io.lightningdb.server.keyvalue.JsonText;
import io.lightningdb.server.keyvalue.KeyEncoding;
import io.lightningdb.server.keyvalue.Keyspaces;
import io.lightningdb.server.keyvalue.ReadSnapshots;
import io.lightningdb.server.settings.LightningProperties;
import io.lightningdb.server.web.LineStream;
import io.lightningdb.server.web.MediaTypes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/// Exports: `/v1/keyspaces/{keyspace}/entries:export`.
@RestController
class ExportController {
  private final Keyspaces keyspaces;
  private final ReadSnapshots snapshots;
  private final LineStream lines;
  private final int expansionMax;

  /// Called by Spring.
  ///
  /// @param keyspaces finds keyspaces
  /// @param snapshots takes what is read
  /// @param lines answers with streams
  /// @param settings has the limits
  ExportController(
      Keyspaces keyspaces,
      ReadSnapshots snapshots,
      LineStream lines,
      LightningProperties settings) {
    this.keyspaces = keyspaces;
    this.snapshots = snapshots;
    this.lines = lines;
    this.expansionMax = settings.limits().importExpansionMax();
  }

  /// Answers all entries of a keyspace at one snapshot, as a gzip file of lines that import reads.
  ///
  /// @param name name of the keyspace
  /// @param request what was asked
  /// @param response where to answer
  /// @throws IOException if the client is gone
  @GetMapping(path = "/v1/keyspaces/{keyspace}/entries:export", produces = MediaTypes.GZIP)
  void export(
      @PathVariable("keyspace") String name,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Keyspace keyspace = keyspaces.get(name);
    try (Snapshot snapshot = snapshots.take()) {
      response.setHeader(Headers.VERSION, Long.toString(snapshot.version()));
      response.setHeader(HttpHeaders.CONTENT_TYPE, MediaTypes.GZIP);
      response.setHeader(
          HttpHeaders.CONTENT_DISPOSITION,
          "attachment; filename=\"" + keyspace.name() + ".ndjson.gz\"");
      lines.answer(
          request,
          response,
          plain -> new GzipOutput(plain, expansionMax),
          target -> write(keyspace, snapshot, target));
    }
  }

  private static void write(Keyspace keyspace, Snapshot snapshot, OutputStream target) {
    JsonGenerator json = JsonText.generator(target);
    EntryJson entries = new EntryJson(json, KeyEncoding.TEXT, EntryField.ALL);
    try (json;
        Scan scan = keyspace.scan(Range.all(), snapshot)) {
      while (scan.next()) {
        MemoryLease lease = MemoryLease.current();
        long held = lease == null ? 0 : lease.bytesInUse();
        entries.writeExport(scan.key(), scan.entry());
        json.writeRaw('\n');
        if (lease != null) {
          lease.spareTo(held);
        }
      }
    }
  }
}
