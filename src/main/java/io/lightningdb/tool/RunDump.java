package io.lightningdb.tool;

import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.BlockCodec;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.format.RunFooter;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.format.RunProperties.PointIndexPlace;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.run.RunInspection;
import io.lightningdb.engine.run.RunInspection.Block;
import io.lightningdb.engine.run.RunInspection.Children;
import io.lightningdb.engine.run.RunInspection.Entries;
import io.lightningdb.engine.run.RunInspection.Entry;
import io.lightningdb.engine.run.RunInspection.PointIndexContent;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Shows a run: what it says of itself, then block by block.
final class RunDump {
  private final RunInspection run;
  private final DumpOutput out;

  private RunDump(RunInspection run, DumpOutput out) {
    this.run = run;
    this.out = out;
  }

  static void print(Storage storage, String name, DumpOutput out) throws IOException {
    try (RunInspection run = RunInspection.open(storage, name)) {
      out.title(name + ", " + Text.bytes(run.bytes()) + ": run");
      new RunDump(run, out).print();
    }
  }

  private void print() throws IOException {
    printFooter();
    try {
      printProperties(run.properties());
    } catch (CorruptionException e) {
      out.damage(e);
    }
    int blocks = 0;
    try {
      blocks = run.blocks();
      out.at(
          run.statedFooter().tablePosition(),
          "block table: " + Text.count(blocks, "block", "blocks"));
    } catch (CorruptionException e) {
      out.damage(e);
    }
    for (int number = 0; number < blocks && printBlock(number); number++) {}
  }

  private void printFooter() throws IOException {
    RunFooter footer = run.statedFooter();
    long position = Math.max(0, run.footerPosition());
    out.at(
        position,
        "footer: format %s%s, database %s, file %s"
            .formatted(
                Integer.toUnsignedString(footer.format()),
                Text.features(footer.features()),
                Text.id(footer.databaseId()),
                Long.toUnsignedString(footer.fileId())));
    try {
      run.verifyFooter();
    } catch (CorruptionException e) {
      out.damage(e);
    }
  }

  private void printProperties(RunProperties properties) throws IOException {
    out.at(run.statedFooter().propertiesPosition(), "properties:");
    out.inside("keyspace " + properties.keyspaceId());
    out.inside(
        "%s, %s of which %s%s, versions %d to %d"
            .formatted(
                Text.count(properties.keys(), "key", "keys"),
                Text.count(properties.entries(), "entry", "entries"),
                Text.count(properties.tombstones(), "deletion", "deletions"),
                Text.expiries(properties.expiries()),
                properties.leastVersion(),
                properties.greatestVersion()));
    if (properties.entries() > 0) {
      out.inside(
          "first key %s, last key %s"
              .formatted(Text.of(properties.firstKey()), Text.of(properties.lastKey())));
    }
    out.inside(
        "%s, %s, %s of range deletions"
            .formatted(
                Text.count(properties.leaves(), "leaf", "leaves"),
                Text.count(properties.indexBlocks(), "index block", "index blocks"),
                Text.count(properties.tombstoneBlocks(), "block", "blocks")));
    printPointIndex(properties.pointIndex());
  }

  private void printPointIndex(PointIndexPlace place) throws IOException {
    if (place.buckets() == 0) {
      out.inside("no point index");
      return;
    }
    PointIndexContent content = run.pointIndex(place, out::damage);
    long cells = place.buckets() * RunFormat.BUCKET_CELLS;
    out.at(
        place.position(),
        String.format(
            Locale.ROOT,
            "point index: %s, %d of %d cells used (%.1f %%), %d full, %d overflowed,"
                + " %d slot bits",
            Text.count(place.buckets(), "bucket", "buckets"),
            content.cellsUsed(),
            cells,
            100.0 * content.cellsUsed() / cells,
            content.bucketsFull(),
            content.bucketsOverflowed(),
            place.slotBits()));
  }

  /// Returns whether to go on.
  private boolean printBlock(int number) throws IOException {
    if (out.isDeserted()) {
      return false;
    }
    try {
      Block block = run.block(number);
      out.at(block.position(), "block " + number + ": " + text(block));
      return switch (block.kind()) {
        case RunFormat.LEAF -> printLeaf(run.entries(block));
        case RunFormat.INDEX -> printIndex(run.children(block));
        case RunFormat.RANGE_TOMBSTONES -> printRangeTombstones(run.rangeTombstones(block));
        default -> {
          out.damage(block.position(), "no numbered block is of kind " + block.kind());
          yield true;
        }
      };
    } catch (CorruptionException e) {
      out.damage(e);
      return true;
    }
  }

  private static String text(Block block) {
    String kind =
        switch (block.kind()) {
          case RunFormat.LEAF -> "leaf";
          case RunFormat.INDEX -> "index";
          case RunFormat.RANGE_TOMBSTONES -> "range deletions";
          default -> "kind " + block.kind();
        };
    BlockCodec codec = BlockCodec.ofCode(block.codec());
    String form = codec == null ? "codec " + block.codec() : codec.name().toLowerCase(Locale.ROOT);
    return "%s, %s, %s stored in %d"
        .formatted(kind, form, Text.bytes(block.bytes()), block.storedBytes());
  }

  private boolean printLeaf(Entries entries) throws CorruptionException {
    if (!out.showsContent()) {
      out.inside(Text.count(entries.count(), "entry", "entries"));
      return true;
    }
    for (int slot = 0; slot < entries.count(); slot++) {
      if (!out.take()) {
        return false;
      }
      out.inside(text(slot, entries));
    }
    return true;
  }

  private String text(int slot, Entries entries) throws CorruptionException {
    Entry entry = entries.entry(slot);
    String what =
        switch (entry.kind()) {
          case Operation.PUT -> "put";
          case Operation.DELETE -> "delete";
          default -> "kind " + entry.kind();
        };
    String head =
        "%d: %s %s, version %d".formatted(slot, what, Text.of(entry.key()), entry.version());
    if (entry.kind() == Operation.DELETE) {
      return head;
    }
    String value =
        out.showsValues() ? Text.of(entries.value(slot)) : Text.bytes(entry.valueBytes());
    return head + Text.expiry(entry.expiryMillis()) + ", value " + value;
  }

  private boolean printIndex(Children children) {
    int count = children.separators().size();
    out.inside(Text.count(count, "child", "children"));
    for (int i = 0; out.showsContent() && i < count; i++) {
      out.inside(
          "block %d from %s"
              .formatted(children.firstChild() + i, Text.of(children.separators().get(i))));
    }
    return true;
  }

  private boolean printRangeTombstones(RangeTombstones tombstones) {
    int count = tombstones.fragments().size();
    out.inside(Text.count(count, "range", "ranges"));
    for (int i = 0; out.showsContent() && i < count; i++) {
      if (!out.take()) {
        return false;
      }
      out.inside(text(tombstones.fragments().get(i)));
    }
    return true;
  }

  private static String text(RangeTombstones.Fragment fragment) {
    String versions =
        Arrays.stream(fragment.versions())
            .mapToObj(Long::toString)
            .collect(Collectors.joining(", "));
    return "delete %s, %s %s"
        .formatted(
            Text.of(fragment.range()),
            fragment.versions().length == 1 ? "version" : "versions",
            versions);
  }
}
