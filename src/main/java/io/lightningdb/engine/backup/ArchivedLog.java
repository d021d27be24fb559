package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.manifest.KeyspaceRecord;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The commits between a backup and a goal, out of the archive. *Confined to one thread.*
final class ArchivedLog {
  private final Archive archive;
  private final BackupEntry entry;
  private final Goal goal;
  private long version;
  private @Nullable ArchivePiece last;

  ArchivedLog(BackupTarget target, BackupEntry entry, Goal goal) {
    this.archive = new Archive(target);
    this.entry = entry;
    this.goal = goal;
    this.version = entry.version();
  }

  /// Gets commits in a row that are to be restored.
  @FunctionalInterface
  interface Sink {
    /// Takes some.
    ///
    /// @param first version of the first
    /// @param commits at least one
    /// @throws IOException if they cannot be written
    void take(long first, List<byte[]> commits) throws IOException;
  }

  /// Checks that the goal can be reached, as far as names tell.
  ///
  /// @throws BackupException if it cannot
  void check() throws IOException {
    if (goal instanceof Goal.ToVersion(long wanted)) {
      if (wanted < version) {
        throw unreachable("it is before version " + version + " of the backup; take an older one");
      }
      long reached = version;
      for (ArchiveRange range : archive.ranges(Archive.timeline(entry))) {
        if (reached < wanted && range.last() > reached) {
          checkFollows(range, reached);
          reached = range.last();
        }
      }
      if (reached < wanted) {
        throw unreachable("the archive ends at version " + reached);
      }
    }
    if (goal instanceof Goal.ToTime(long millis) && millis < entry.createdMillis()) {
      throw unreachable("it is before the backup was taken; take an older one");
    }
  }

  /// Reads them.
  ///
  /// @throws BackupException if the goal cannot be reached, or a piece is damaged
  void read(Sink sink) throws IOException {
    check();
    boolean more = !isReached();
    for (ArchiveRange range : archive.ranges(Archive.timeline(entry))) {
      if (more && range.last() > version) {
        checkFollows(range, version);
        more = take(archive.read(range), sink);
      }
    }
  }

  private boolean isReached() {
    return switch (goal) {
      case Goal.Backup() -> true;
      case Goal.ToVersion(long wanted) -> version >= wanted;
      case Goal.ToTime _ -> false;
    };
  }

  private void checkFollows(ArchiveRange range, long reached) throws BackupException {
    if (range.isGap() || range.first() > reached + 1) {
      long end = range.isGap() ? range.last() : range.first() - 1;
      throw unreachable(
          "the archive lacks %s; it can be reached from a backup after them, or leave off at version %d"
              .formatted(new ArchiveRange(range.timeline(), reached + 1, end, true), reached));
    }
  }

  /// Takes of a piece what is wanted, and tells whether there may be more.
  private boolean take(ArchivePiece piece, Sink sink) throws IOException {
    List<byte[]> wanted = new ArrayList<>();
    long first = version + 1;
    for (long next = first; next <= piece.range().last(); next++) {
      byte[] commit = piece.commits().get((int) (next - piece.range().first()));
      if (!isWanted(next, commit)) {
        break;
      }
      wanted.add(commit);
    }
    if (!wanted.isEmpty()) {
      sink.take(first, wanted);
      last = piece;
      version = first + wanted.size() - 1;
    }
    return version == piece.range().last() && !isReached();
  }

  private boolean isWanted(long next, byte[] commit) {
    return switch (goal) {
      case Goal.Backup() -> false;
      case Goal.ToVersion(long wanted) -> next <= wanted;
      case Goal.ToTime(long millis) -> ArchivePiece.millis(commit) <= millis;
    };
  }

  private BackupException unreachable(String why) {
    String what =
        switch (goal) {
          case Goal.Backup() -> "the backup";
          case Goal.ToVersion(long wanted) -> "version " + wanted;
          case Goal.ToTime(long millis) -> "the time " + Instant.ofEpochMilli(millis);
        };
    return new BackupException(
        Kind.NOT_REACHABLE,
        "%s cannot be reached from backup %s: %s".formatted(what, entry.id(), why));
  }

  /// The version that was reached.
  long version() {
    return version;
  }

  /// The keyspaces as they were at the version that was reached, as far as that is known: those that existed when the
  /// last piece was archived, and those dropped after the version.
  Map<Integer, KeyspaceRecord> keyspaces() {
    Version state = entry.state();
    ArchivePiece piece = last;
    if (piece == null) {
      return state.keyspaces();
    }
    Map<String, KeyspaceDefinition> byName = new HashMap<>();
    piece.keyspaces().forEach(keyspace -> byName.put(keyspace.name(), keyspace));
    for (ArchiveSource.Drop drop : piece.dropped().reversed()) {
      if (drop.version() >= version) {
        byName.put(drop.keyspace().name(), drop.keyspace());
      }
    }
    Map<Integer, KeyspaceRecord> keyspaces = new TreeMap<>();
    for (KeyspaceDefinition each : byName.values()) {
      KeyspaceRecord saved = state.keyspace(each.id());
      keyspaces.put(
          each.id(),
          saved != null
              ? saved.withOptions(each.name(), each.options())
              : new KeyspaceRecord(each.id(), each.name(), each.options(), 0, 0, List.of()));
    }
    return keyspaces;
  }

  /// A number greater than every id of a keyspace.
  int nextKeyspaceId() {
    int saved = entry.state().nextIds().keyspaceId();
    ArchivePiece piece = last;
    return piece == null ? saved : Math.max(saved, piece.nextKeyspaceId());
  }
}
