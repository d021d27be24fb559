package io.lightningdb.engine.log;

import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import java.io.IOException;
import java.io.OutputStream;

/// Writes a whole log segment of commits that are on stable storage already, front to back. *Confined to one thread.*
///
/// Every record says that all before it are durable, and so does the seal: whatever of the segment is damaged or
/// missing later is damage, and never an unfinished end.
public final class SegmentEncoder {
  private final LogFormat format = new LogFormat();
  private final LogFormat.Identity identity;
  private final OutputStream out;
  private final byte[] recordHeader = new byte[LogFormat.RECORD_HEADER_BYTES];
  private long position;

  /// Begins a segment.
  ///
  /// @param identity of the segment
  /// @param out gets the bytes of the file
  /// @throws IOException if `out` fails
  public SegmentEncoder(LogFormat.Identity identity, OutputStream out) throws IOException {
    this.identity = identity;
    this.out = out;
    out.write(format.encodeHeader(identity));
    position = LogFormat.HEADER_BYTES;
  }

  /// Adds a commit.
  ///
  /// @param version one more than that of the commit before, if there is one
  /// @param body holds the encoded commit from index 0
  /// @param bodyBytes its length
  /// @throws IOException if `out` fails
  public void append(long version, byte[] body, int bodyBytes) throws IOException {
    write(new RecordHeader(version, version - 1, LogFormat.COMMIT, bodyBytes), body);
  }

  /// Ends the segment.
  ///
  /// @param lastVersion newest version in it
  /// @throws IOException if `out` fails
  public void seal(long lastVersion) throws IOException {
    write(new RecordHeader(lastVersion, lastVersion, LogFormat.SEAL, 0), new byte[0]);
    out.flush();
  }

  private void write(RecordHeader header, byte[] body) throws IOException {
    format.encodeRecordHeader(recordHeader, identity, position, header, body);
    out.write(recordHeader);
    out.write(body, 0, header.bodyBytes());
    long end = position + recordHeader.length + header.bodyBytes();
    position = LogFormat.nextPosition(position, header.bodyBytes());
    out.write(new byte[(int) (position - end)]);
  }

  /// Bytes written so far.
  ///
  /// @return in bytes
  public long bytes() {
    return position;
  }
}
