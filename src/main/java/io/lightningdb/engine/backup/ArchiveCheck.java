package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupRequest.Progress;
import io.lightningdb.engine.backup.BackupTarget.StoredObject;
import io.lightningdb.engine.io.FailureText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Reads every piece of an archive, and looks for commits that it lacks. *Confined to one thread.*
public final class ArchiveCheck {
  private static final Comparator<ArchiveRange> ORDER =
      Comparator.comparingLong((ArchiveRange range) -> range.timeline())
          .thenComparingLong(ArchiveRange::first)
          .thenComparingLong(ArchiveRange::last);

  private final BackupTarget target;
  private final List<BackupEntry> entries;
  private final List<String> faults = new ArrayList<>();
  private long bytes;
  private long commits;

  private ArchiveCheck(BackupTarget target, List<BackupEntry> entries) {
    this.target = target;
    this.entries = List.copyOf(entries);
  }

  /// What was found.
  ///
  /// @param pieces number of pieces read
  /// @param commits number of commits in those that are whole
  /// @param bytes size of all pieces
  /// @param gaps commits that are missing for good because they had left the log before they could be archived
  /// @param faults what is wrong, in words: pieces that do not verify, and commits that are missing though no gap is
  ///     recorded
  public record Result(
      int pieces, long commits, long bytes, List<ArchiveRange> gaps, List<String> faults) {
    /// Copies the lists.
    public Result {
      gaps = List.copyOf(gaps);
      faults = List.copyOf(faults);
    }

    /// Tells whether there is an archive.
    ///
    /// @return false if nothing was found at all
    public boolean isThere() {
      return pieces > 0 || !gaps.isEmpty() || !faults.isEmpty();
    }
  }

  /// Checks the archive in a target, of all lives of the database.
  ///
  /// @param target where it is
  /// @param entries all backups; commits that none of them can be carried on with are not missed
  /// @param progress is told how far it is
  /// @return what was found
  /// @throws IOException if the target fails; a piece that does not verify is no exception but a fault
  public static Result run(BackupTarget target, List<BackupEntry> entries, Progress progress)
      throws IOException {
    return new ArchiveCheck(target, entries).run(progress);
  }

  private Result run(Progress progress) throws IOException {
    List<StoredObject> pieces = target.list(ArchiveRange.PIECE);
    long all = pieces.stream().mapToLong(StoredObject::bytes).sum();
    List<ArchiveRange> ranges = new ArrayList<>();
    for (StoredObject object : pieces) {
      ArchiveRange.ofObject(object.name())
          .ifPresentOrElse(ranges::add, () -> faults.add(object.name() + " is no piece"));
    }
    for (ArchiveRange range : ranges) {
      read(range);
      progress.done(bytes, Math.max(bytes, all));
    }
    List<ArchiveRange> gaps =
        target.list(ArchiveRange.GAP).stream()
            .map(object -> ArchiveRange.ofObject(object.name()))
            .flatMap(Optional::stream)
            .sorted(ORDER)
            .toList();
    int count = ranges.size();
    ranges.addAll(gaps);
    ranges.sort(ORDER);
    findHoles(ranges);
    return new Result(count, commits, all, gaps, faults);
  }

  private void read(ArchiveRange range) throws IOException {
    try {
      ArchivePiece piece = new Archive(target).read(range);
      commits += piece.commits().size();
      bytes += piece.commits().stream().mapToLong(commit -> commit.length).sum();
    } catch (NoSuchFileException _) {
      // Retention has deleted it meanwhile.
      return;
    } catch (BackupException e) {
      if (e.kind() != BackupException.Kind.DAMAGED) {
        throw e;
      }
      faults.add(FailureText.of(e));
    }
  }

  private void findHoles(List<ArchiveRange> ranges) {
    long timeline = -1;
    long reached = 0;
    for (ArchiveRange range : ranges) {
      if (range.timeline() == timeline && range.first() > reached + 1) {
        missing(new ArchiveRange(timeline, reached + 1, range.first() - 1, false));
      }
      reached = range.timeline() == timeline ? Math.max(reached, range.last()) : range.last();
      timeline = range.timeline();
    }
  }

  private void missing(ArchiveRange hole) {
    if (Archive.isNeeded(hole, entries)) {
      faults.add(
          hole
              + " are missing: no object has them, and no gap is recorded; no restore goes past them, make a full backup");
    }
  }
}
