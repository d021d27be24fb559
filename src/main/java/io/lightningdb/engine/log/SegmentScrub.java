package io.lightningdb.engine.log;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.Identity;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;

/// Verifies every record of a sealed segment, a share at a time. *Confined to one thread at a time.*
///
/// Meanwhile the log keeps its segments.
public final class SegmentScrub implements AutoCloseable {
  private final LogWriter log;
  private final LogFormat format = new LogFormat();
  private final MappedFile file;
  private final Identity identity;
  private long position = LogFormat.HEADER_BYTES;
  private boolean done;
  private boolean closed;

  /// Opens a segment.
  ///
  /// @param storage the data directory
  /// @param log whose segment it is
  /// @param sequence one of [LogWriter#sealedSequences]
  /// @throws CorruptionException if its header is damaged
  /// @throws IOException if it cannot be opened; it may have been given up meanwhile
  public SegmentScrub(Storage storage, LogWriter log, long sequence) throws IOException {
    this.log = log;
    log.beginReading();
    MappedFile mapped = null;
    boolean opened = false;
    try {
      MappedFile segment = MappedFile.shared(storage, FileFormat.log(sequence));
      mapped = segment;
      this.file = segment;
      this.identity = segment.read(0, () -> format.decodeHeader(segment.memory(), sequence));
      opened = true;
    } finally {
      if (!opened) {
        if (mapped != null) {
          mapped.close();
        }
        log.endReading();
      }
    }
  }

  /// Tells whether all was read.
  ///
  /// @return true once it was
  public boolean isDone() {
    return done;
  }

  /// Reads on.
  ///
  /// @param bytesMax when to stop; the record begun is read to its end
  /// @return bytes read
  /// @throws CorruptionException if no valid record stands where one must; the rest cannot be read then
  /// @throws IOException if the disk does not deliver it
  public long read(long bytesMax) throws IOException {
    long start = position;
    while (!done && position - start < bytesMax) {
      readRecord();
    }
    return position - start;
  }

  private void readRecord() throws IOException {
    RecordHeader header =
        file.read(position, () -> format.decodeRecordHeader(file.memory(), identity, position));
    if (header == null) {
      throw new CorruptionException(
          file.name(),
          position,
          "the log record here is damaged; its segment was sealed behind it");
    }
    position = LogFormat.nextPosition(position, header.bodyBytes());
    done = header.kind() == LogFormat.SEAL;
  }

  /// Unmaps the segment and lets the log give up segments again. Closing twice is allowed.
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      file.close();
      log.endReading();
    }
  }
}
