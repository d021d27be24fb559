package io.lightningdb.engine.repair;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.repair.Repair.DamagedRun;
import io.lightningdb.engine.run.RunSalvage;
import io.lightningdb.engine.run.RunWriter;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes what is sound of a damaged run as a new one. *Confined to one thread.*
final class RunRewrite {
  private final Storage storage;
  private final DamagedRun run;
  private final RunSalvage salvage;

  RunRewrite(Storage storage, DamagedRun run, RunSalvage salvage) {
    this.storage = storage;
    this.run = run;
    this.salvage = salvage;
  }

  /// Writes what is sound of a part of the run.
  ///
  /// @param part what the manifest says of it
  /// @param fileId id of the new file
  /// @return the new run in the same place, or empty if nothing of the part is sound
  Optional<RunRecord> write(RunRecord part, long fileId) throws IOException {
    String name = FileFormat.run(fileId);
    if (storage.list().stream().anyMatch(file -> file.name().equals(name))) {
      // Of an earlier repair that did not come to its end: no manifest names it.
      storage.delete(name);
    }
    RangeTombstones tombstones = salvage.rangeTombstones().within(part.bounds());
    try (StorageFile file = storage.create(name)) {
      RunWriter writer = new RunWriter(file, identity(fileId), salvage.form());
      EntryCursor entries = salvage.entries(part.bounds());
      while (entries.next()) {
        writer.add(entries);
      }
      writer.rangeTombstones(tombstones);
      if (!writer.isEmpty()) {
        return Optional.of(record(part.place(), fileId, writer.finish(), tombstones));
      }
    }
    storage.delete(name);
    return Optional.empty();
  }

  private RunWriter.Identity identity(long fileId) {
    return new RunWriter.Identity(run.identity().databaseId(), run.identity().keyspaceId(), fileId);
  }

  private static RunRecord record(
      RunRecord.Place place, long fileId, RunWriter.Written written, RangeTombstones tombstones) {
    RunProperties properties = written.properties();
    return new RunRecord(
            fileId,
            place,
            written.fileBytes(),
            properties.entries(),
            properties.tombstones(),
            properties.leastVersion(),
            properties.greatestVersion(),
            bounds(properties, tombstones))
        .withExpiries(properties.expiries());
  }

  private static KeyRange bounds(RunProperties properties, RangeTombstones tombstones) {
    Stream<KeyRange> entries =
        properties.entries() == 0
            ? Stream.empty()
            : Stream.of(new KeyRange(properties.firstKey(), Keys.after(properties.lastKey())));
    Stream<KeyRange> deleted = tombstones.fragments().stream().map(RangeTombstones.Fragment::range);
    return Stream.concat(entries, deleted).reduce(KeyRange::hull).orElseThrow();
  }
}
