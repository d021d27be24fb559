package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import io.lightningdb.engine.io.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The archived commits in a target. *Thread-safe*, as far as the target is.
public final class Archive {
  private static final int PIECE_BYTES_MAX = 256 << 20;

  private final BackupTarget target;

  /// Looks into a target.
  ///
  /// @param target where the archive is
  public Archive(BackupTarget target) {
    this.target = target;
  }

  /// What is archived, and what is missing.
  ///
  /// @param timeline a life of the database
  /// @return ascending by version
  /// @throws IOException if the target cannot be read
  public List<ArchiveRange> ranges(long timeline) throws IOException {
    List<ArchiveRange> ranges = new ArrayList<>();
    for (boolean gaps : new boolean[] {false, true}) {
      for (StoredObject object : target.list(ArchiveRange.prefix(timeline, gaps))) {
        ArchiveRange.ofObject(object.name()).ifPresent(ranges::add);
      }
    }
    ranges.sort(Comparator.comparingLong(ArchiveRange::first));
    return ranges;
  }

  /// Reads a piece.
  ///
  /// @throws BackupException if it is damaged
  ArchivePiece read(ArchiveRange range) throws IOException {
    try (InputStream in = target.get(range.object())) {
      ArchivePiece piece = ArchivePiece.decode(in.readNBytes(PIECE_BYTES_MAX));
      if (!piece.range().equals(range)) {
        throw new IllegalArgumentException("it is of " + piece.range());
      }
      return piece;
    } catch (IllegalArgumentException e) {
      throw new BackupException(
          Kind.DAMAGED,
          "the object %s, which holds %s, does not verify: %s"
              .formatted(range.object(), range, FailureText.of(e)),
          e);
    }
  }

  /// Deletes what no backup can be carried on with: commits up to the oldest of their life of the database. Without any
  /// backup of this or a later life nothing is deleted.
  ///
  /// @param entries all backups
  /// @return number of objects deleted
  /// @throws IOException if the target fails
  public int deleteUnneeded(List<BackupEntry> entries) throws IOException {
    int deleted = 0;
    for (boolean gaps : new boolean[] {false, true}) {
      String prefix = gaps ? ArchiveRange.GAP : ArchiveRange.PIECE;
      for (StoredObject object : target.list(prefix)) {
        var range = ArchiveRange.ofObject(object.name());
        if (range.isPresent() && !isNeeded(range.get(), entries)) {
          target.delete(object.name());
          deleted++;
        }
      }
    }
    return deleted;
  }

  static boolean isNeeded(ArchiveRange range, List<BackupEntry> entries) {
    return entries.isEmpty()
        || entries.stream()
            .anyMatch(
                entry -> timeline(entry) == range.timeline() && entry.version() < range.last())
        || entries.stream().noneMatch(entry -> timeline(entry) >= range.timeline());
  }

  static long timeline(BackupEntry entry) {
    return ArchiveRange.timeline(entry.state().nextIds().fileId());
  }
}
