package io.lightningdb.tool;

import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat.Identity;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.log.LogInspection;
import io.lightningdb.engine.log.LogInspection.Commit;
import io.lightningdb.engine.log.LogInspection.Damage;
import io.lightningdb.engine.log.LogInspection.Item;
import io.lightningdb.engine.log.LogInspection.Mark;
import io.lightningdb.engine.log.LogInspection.Seal;
import io.lightningdb.engine.log.LogInspection.Unfinished;
import io.lightningdb.engine.log.LogInspection.Unused;
import java.io.IOException;
import java.time.Instant;

/// Shows a log segment: its commits, and where they end.
final class LogDump {
  private final LogInspection log;
  private final DumpOutput out;

  private LogDump(LogInspection log, DumpOutput out) {
    this.log = log;
    this.out = out;
  }

  static void print(Storage storage, String name, DumpOutput out) throws IOException {
    try (LogInspection log = LogInspection.open(storage, name)) {
      boolean spare = FileFormat.spareNumber(name).isPresent();
      out.title(
          "%s, %s: %slog segment".formatted(name, Text.bytes(log.bytes()), spare ? "spare " : ""));
      if (spare && log.isBlank()) {
        out.at(0, "no header: it was allocated and never used");
        return;
      }
      new LogDump(log, out).print();
    }
  }

  private void print() throws IOException {
    Identity identity = log.statedIdentity();
    out.at(
        0,
        "header: format %s%s, database %s, sequence %s, salt %s"
            .formatted(
                Integer.toUnsignedString(log.statedFormat()),
                Text.features(log.statedFeatures()),
                Text.id(identity.databaseId()),
                Long.toUnsignedString(identity.sequence()),
                Text.id(identity.salt())));
    try {
      log.verifyHeader();
    } catch (CorruptionException e) {
      out.damage(e);
    }
    Item item = log.next();
    while (item != null && print(item)) {
      item = log.next();
    }
  }

  /// Returns whether to go on.
  private boolean print(Item item) {
    switch (item) {
      case Commit commit -> {
        return print(commit);
      }
      case Mark mark ->
          out.at(
              mark.position(),
              "mark behind version %d, %s: everything in front of it is durable"
                  .formatted(mark.header().version(), Instant.ofEpochMilli(mark.momentMillis())));
      case Seal seal ->
          out.at(
              seal.position(),
              "seal behind version %d: nothing follows, %s"
                  .formatted(seal.header().version(), durable(seal.header())));
      case Unused end ->
          out.at(end.position(), "no record from here on, " + Text.bytes(end.bytes()));
      case Unfinished end ->
          out.at(
              end.position(),
              "unfinished record, %s: neither it nor what follows counts"
                  .formatted(Text.bytes(end.bytes())));
      case Damage damage ->
          out.damage(damage.position(), damage.reason() + " (" + Text.bytes(damage.bytes()) + ")");
    }
    return true;
  }

  private static String durable(RecordHeader header) {
    return "durable up to " + header.durableVersion();
  }

  private boolean print(Commit commit) {
    if (out.isDeserted() || !out.take()) {
      return false;
    }
    try {
      CommitReader operations = new CommitReader(commit.body(), commit.body().length);
      out.at(
          commit.position(),
          "commit %d, %s, %s, %s"
              .formatted(
                  commit.header().version(),
                  Text.bytes(commit.body().length),
                  Instant.ofEpochMilli(operations.timeMillis()),
                  durable(commit.header())));
      while (operations.next()) {
        if (out.showsContent()) {
          out.inside(text(operations));
        }
      }
    } catch (IllegalArgumentException e) {
      out.damage(commit.position(), "the commit verifies but makes no sense: " + FailureText.of(e));
    }
    return true;
  }

  private String text(CommitReader operation) {
    String where = " in keyspace " + operation.keyspaceId();
    return switch (operation.kind()) {
      case Operation.PUT, Operation.PUT_EXPIRING ->
          "put "
              + Text.of(operation.key())
              + where
              + Text.expiry(operation.expiryMillis())
              + ", value "
              + value(operation);
      case Operation.DELETE -> "delete " + Text.of(operation.key()) + where;
      default -> "delete " + Text.of(operation.range()) + where;
    };
  }

  private String value(CommitReader put) {
    return out.showsValues() ? Text.of(put.value()) : Text.bytes(put.valueLength());
  }
}
