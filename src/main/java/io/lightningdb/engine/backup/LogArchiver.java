package io.lightningdb.engine.backup;

import io.lightningdb.engine.backup.BackupException.Kind;
import io.lightningdb.engine.manifest.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Copies the commits of the log to a target, so that a backup can be carried on to any version after it. *Guarded by
/// its own monitor*, apart from the figures.
///
/// What is archived is on stable storage, follows without holes, and is never changed. Where the log no longer has
/// commits that the archive lacks, because the target failed for too long, the gap is recorded, and the archive goes on
/// behind it.
public final class LogArchiver {
  private static final int PIECE_BYTES_MAX = 8 << 20;

  // A database that was never archived, or has just been restored, begins with what its log has.
  private static final long NOTHING = -1;

  private final ArchiveSource source;
  private final BackupTarget target;
  private final long timeline;
  private boolean started;
  private long gapCount;
  private volatile long lastVersion;
  private volatile long gaps;
  private volatile long gapVersion;

  // The piece that is being put together.
  private final List<byte[]> commits = new ArrayList<>();
  private long bytes;

  /// Prepares an archive.
  ///
  /// @param source the database
  /// @param target where to; it holds the backups of this database too
  public LogArchiver(ArchiveSource source, BackupTarget target) {
    this.source = source;
    this.target = target;
    this.timeline = ArchiveRange.timeline(source.state().nextIds().fileId());
  }

  /// The newest version that is archived, or behind a gap.
  ///
  /// @return 0 until the first call of [#run]
  public long lastVersion() {
    return Math.max(0, lastVersion);
  }

  /// Number of gaps in this life of the database.
  ///
  /// @return a count
  public long gaps() {
    return gaps;
  }

  /// The newest version that a gap in this life of the database hides: no restore goes past it, but one of a backup
  /// that was made after it.
  ///
  /// @return 0 if there is no gap
  public long gapVersion() {
    return gapVersion;
  }

  /// Archives everything that is on stable storage and not archived yet.
  ///
  /// @throws BackupException if the target has the archive of another history
  /// @throws io.lightningdb.engine.format.CorruptionException if the log is damaged
  /// @throws IOException if the log or the target fails; the next call goes on from there
  public synchronized void run() throws IOException {
    start();
    long upTo = source.durableVersion();
    if (upTo <= lastVersion) {
      return;
    }
    commits.clear();
    bytes = 0;
    source.readLog(Math.max(lastVersion, 0), upTo, this::take);
    write();
    if (lastVersion == NOTHING) {
      lastVersion = upTo;
      source.archived(upTo, 0);
    } else if (lastVersion < upTo) {
      missing(upTo);
    }
  }

  private void start() throws IOException {
    if (started) {
      return;
    }
    // What a process has left that died while it wrote a piece.
    target.deleteUnfinished(ArchiveRange.PIECE);
    List<ArchiveRange> ranges = new Archive(target).ranges(timeline);
    long archived = ranges.isEmpty() ? 0 : ranges.getLast().last();
    if (archived > source.durableVersion()) {
      throw new BackupException(
          Kind.OTHER_DATABASE,
          "%s has the archive of this database up to version %d, and the database is at %d: it has another history; archive to another place"
              .formatted(target, archived, source.durableVersion()));
    }
    lastVersion = ranges.isEmpty() ? NOTHING : archived;
    gapCount = ranges.stream().filter(ArchiveRange::isGap).count();
    gaps = gapCount;
    gapVersion =
        ranges.stream().filter(ArchiveRange::isGap).mapToLong(ArchiveRange::last).max().orElse(0);
    started = true;
  }

  private void take(long version, byte[] body, int bodyBytes) throws IOException {
    if (lastVersion == NOTHING) {
      lastVersion = version - 1;
    }
    long next = lastVersion + commits.size() + 1;
    if (version < next) {
      return;
    }
    if (version > next) {
      write();
      missing(version - 1);
    }
    commits.add(Arrays.copyOf(body, bodyBytes));
    bytes += bodyBytes;
    if (bytes >= PIECE_BYTES_MAX) {
      write();
    }
  }

  private void write() throws IOException {
    if (commits.isEmpty()) {
      return;
    }
    Version state = source.state();
    List<ArchiveSource.Drop> drops = source.drops();
    ArchivePiece piece =
        new ArchivePiece(
            new ArchiveRange(timeline, lastVersion + 1, lastVersion + commits.size(), false),
            state.nextIds().keyspaceId(),
            state.keyspaces().values().stream().map(KeyspaceDefinition::of).toList(),
            drops,
            commits);
    byte[] encoded = piece.encode();
    target.put(piece.range().object(), out -> out.write(encoded));
    lastVersion = piece.range().last();
    commits.clear();
    bytes = 0;
    source.archived(lastVersion, drops.size());
  }

  private void missing(long last) throws IOException {
    ArchiveRange gap = new ArchiveRange(timeline, lastVersion + 1, last, true);
    byte[] text = (gap + " are missing\n").getBytes(StandardCharsets.US_ASCII);
    target.put(gap.object(), out -> out.write(text));
    lastVersion = last;
    gapCount++;
    gaps = gapCount;
    gapVersion = last;
    source.archived(lastVersion, 0);
  }
}
