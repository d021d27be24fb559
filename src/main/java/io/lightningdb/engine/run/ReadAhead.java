package io.lightningdb.engine.run;

import io.lightningdb.engine.io.MappedFile;

/// Asks for the parts of a run that a reader is about to come to. *Confined to one thread*, and used only while the run
/// is kept open.
///
/// The reader says what it reads. While one piece follows another, upwards or downwards, what comes behind them is
/// asked for: at least half of a window is under way or there before the reader needs it, so that it is asked for in
/// long pieces and seldom. A piece that stands elsewhere begins anew.
final class ReadAhead {
  // Pieces follow each other if no more than this lies between them: what is found in the cache is
  // not read.
  private static final long BETWEEN_BYTES_MAX = 64 << 10;

  private static final long PASS_WINDOW_BYTES = 1 << 20;

  // A scan that ends before has asked for nothing.
  private static final long SCAN_SILENT_BYTES = 32 << 10;
  private static final long SCAN_WINDOW_BYTES_MIN = 64 << 10;
  private static final long SCAN_WINDOW_BYTES_MAX = 512 << 10;

  private final MappedFile file;
  private final long silentBytes;
  private final long windowBytesMin;
  private final long windowBytesMax;

  // The piece before, in the file; nothing was read as long as `lastStart` is negative.
  private long lastStart = -1;
  private long lastEnd = -1;

  // Places below are measured in the direction in which pieces follow each other.
  private boolean downwards;
  private long followedBytes;
  private long askedEnd;
  private long windowBytes;

  private ReadAhead(MappedFile file, long silentBytes, long windowBytesMin, long windowBytesMax) {
    this.file = file;
    this.silentBytes = silentBytes;
    this.windowBytesMin = windowBytesMin;
    this.windowBytesMax = windowBytesMax;
  }

  /// For a caller that reads all there is, such as a merge or a check: everything is asked for, from the first piece
  /// on.
  static ReadAhead ofPass(MappedFile file) {
    return new ReadAhead(file, 0, PASS_WINDOW_BYTES, PASS_WINDOW_BYTES);
  }

  /// For a caller that may stop at any moment: the further it has come, the more is asked for, and nothing at first.
  static ReadAhead ofScan(MappedFile file) {
    return new ReadAhead(file, SCAN_SILENT_BYTES, SCAN_WINDOW_BYTES_MIN, SCAN_WINDOW_BYTES_MAX);
  }

  /// Takes notice of a piece, before it is read. One that does not lie inside the file is passed over; its reader finds
  /// out.
  ///
  /// @return whether the piece itself was asked for, now or before
  boolean reading(long position, long bytes) {
    if (!file.contains(position, bytes)) {
      return false;
    }
    long end = position + bytes;
    boolean above =
        lastStart >= 0 && position >= lastEnd && position - lastEnd <= BETWEEN_BYTES_MAX;
    boolean below = lastStart >= 0 && end <= lastStart && lastStart - end <= BETWEEN_BYTES_MAX;
    boolean follows = downwards ? below : above;
    lastStart = position;
    lastEnd = end;
    if (!follows) {
      downwards = below;
      followedBytes = 0;
      askedEnd = 0;
      windowBytes = 0;
    }
    boolean silent = followedBytes < silentBytes;
    followedBytes += bytes;
    if (!silent) {
      ask(downwards ? file.bytes() - end : position, bytes);
    }
    return !silent;
  }

  private void ask(long start, long bytes) {
    long end = start + bytes;
    if (askedEnd - end >= windowBytes / 2) {
      return;
    }
    windowBytes = Math.clamp(2 * windowBytes, windowBytesMin, windowBytesMax);
    long from = Math.max(askedEnd, start);
    long to = Math.min(end + windowBytes, file.bytes());
    if (from < to) {
      file.askFor(downwards ? file.bytes() - to : from, to - from);
      askedEnd = to;
    }
  }
}
