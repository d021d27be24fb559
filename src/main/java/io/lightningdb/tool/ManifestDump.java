package io.lightningdb.tool;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.manifest.Change;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.ManifestInspection;
import io.lightningdb.engine.manifest.ManifestInspection.Damage;
import io.lightningdb.engine.manifest.ManifestInspection.Edit;
import io.lightningdb.engine.manifest.ManifestInspection.Item;
import io.lightningdb.engine.manifest.ManifestInspection.Unfinished;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Shows a manifest: its edits, and what they make.
final class ManifestDump {
  private ManifestDump() {}

  static void print(Storage storage, String name, DumpOutput out) throws IOException {
    ManifestInspection manifest = ManifestInspection.open(storage, name);
    out.title(name + ", " + Text.bytes(manifest.bytes()) + ": manifest");
    printHeader(manifest, out);
    Item item = manifest.next();
    while (item != null && print(item, out)) {
      item = manifest.next();
    }
    if (item == null) {
      printState(manifest.state(), out);
    }
  }

  private static void printHeader(ManifestInspection manifest, DumpOutput out) throws IOException {
    out.at(
        0,
        "header: format %s%s, database %s, generation %s"
            .formatted(
                Integer.toUnsignedString(manifest.format()),
                Text.features(manifest.features()),
                Text.id(manifest.databaseId()),
                Integer.toUnsignedString(manifest.generation())));
    try {
      manifest.verifyHeader();
    } catch (CorruptionException e) {
      out.damage(e);
    }
  }

  /// Returns whether to go on.
  private static boolean print(Item item, DumpOutput out) {
    return switch (item) {
      case Edit edit -> print(edit, out);
      case Unfinished end -> {
        out.at(
            end.position(), "unfinished edit, " + Text.bytes(end.bytes()) + ": it does not count");
        yield true;
      }
      case Damage damage -> {
        out.damage(damage.position(), damage.reason() + " (" + Text.bytes(damage.bytes()) + ")");
        yield true;
      }
    };
  }

  private static boolean print(Edit edit, DumpOutput out) {
    if (out.isDeserted() || !out.take()) {
      return false;
    }
    int changes = edit.edit().changes().size();
    out.at(
        edit.position(),
        "edit, %s: %s"
            .formatted(Text.bytes(edit.bodyBytes()), Text.count(changes, "change", "changes")));
    if (out.showsContent()) {
      edit.edit().changes().forEach(change -> out.inside(text(change)));
    }
    return true;
  }

  private static String text(Change change) {
    return switch (change) {
      case Change.KeyspaceSet set ->
          "keyspace %d is %s%s".formatted(set.id(), set.name(), options(set.options()));
      case Change.KeyspaceDropped dropped -> "keyspace %d is dropped".formatted(dropped.id());
      case Change.RunAdded added ->
          "keyspace %d gets %s".formatted(added.keyspaceId(), text(added.run()));
      case Change.RunRemoved removed ->
          "keyspace %d loses %s".formatted(removed.keyspaceId(), FileFormat.run(removed.fileId()));
      case Change.Flushed flushed ->
          "keyspace %d is flushed up to version %d"
              .formatted(flushed.keyspaceId(), flushed.version());
      case Change.LogStart start ->
          "log starts with %s, behind version %d"
              .formatted(FileFormat.log(start.sequence()), start.version());
      case Change.NextIds next ->
          "next ids: file %d, keyspace %d, sorted run %d"
              .formatted(next.fileId(), next.keyspaceId(), next.row());
      case Change.HistoryFloor floor ->
          "keyspace %d can be read from version %d on"
              .formatted(floor.keyspaceId(), floor.version());
      case Change.Moment(long millis) -> "greatest moment seen: " + Instant.ofEpochMilli(millis);
      case Change.Property(String name, String value) ->
          value.isEmpty()
              ? "property %s is gone".formatted(name)
              : "property %s is %s".formatted(name, value);
      case Change.Unread(int tag, byte[] body) ->
          "item %d of a later version, %s".formatted(tag, Text.bytes(body.length));
      case Change.Closed() -> "closed in good order: there is no log";
    };
  }

  private static String options(Map<String, String> options) {
    return options.entrySet().stream()
        .map(option -> option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining(", ", options.isEmpty() ? "" : ": ", ""));
  }

  private static String text(RunRecord run) {
    return "%s: level %d, sorted run %d, %s, %s of which %s%s, versions %d to %d, keys %s"
        .formatted(
            FileFormat.run(run.fileId()),
            run.place().level(),
            run.place().row(),
            Text.bytes(run.fileBytes()),
            Text.count(run.entries(), "entry", "entries"),
            Text.count(run.tombstones(), "deletion", "deletions"),
            Text.expiries(run.expiries()),
            run.leastVersion(),
            run.greatestVersion(),
            Text.of(run.bounds()));
  }

  private static void printState(@Nullable Version state, DumpOutput out) {
    if (state == null) {
      return;
    }
    out.title(
        "all edits together: %s, log from %s behind version %d%s"
            .formatted(
                Text.count(state.keyspaces().size(), "keyspace", "keyspaces"),
                FileFormat.log(state.logStart().sequence()),
                state.logStart().version(),
                state.closed() ? ", closed in good order" : ""));
    state.keyspaces().values().forEach(keyspace -> out.inside(text(keyspace)));
  }

  private static String text(KeyspaceRecord keyspace) {
    return "keyspace %d is %s: %s, %s"
        .formatted(
            keyspace.id(),
            keyspace.name(),
            Text.count(keyspace.runs().size(), "run", "runs"),
            Text.bytes(keyspace.runs().stream().mapToLong(RunRecord::fileBytes).sum()));
  }
}
