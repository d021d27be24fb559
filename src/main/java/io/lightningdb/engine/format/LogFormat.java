package io.lightningdb.engine.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Log segments: header and record headers, as `README.md` lays them out. *Confined to one thread at a time*, for the
/// sake of the checksum.
public final class LogFormat {
  /// Bytes of a segment's header.
  public static final int HEADER_BYTES = 64;

  /// Bytes of a record before its body.
  public static final int RECORD_HEADER_BYTES = 24;

  /// Room kept at the end of each segment.
  public static final int SEAL_BYTES = RECORD_HEADER_BYTES;

  /// Records start at multiples of this.
  public static final int ALIGNMENT = 8;

  /// Record kind: a commit.
  public static final int COMMIT = 1;

  /// Record kind: the end of a segment.
  public static final int SEAL = 2;

  /// Record kind: everything in front of it is on stable storage.
  public static final int MARK = 3;

  /// Bytes of the body of a mark.
  public static final int MARK_BODY_BYTES = Long.BYTES;

  /// Longest body.
  public static final int BODY_BYTES_MAX = Limits.BATCH_BYTES_MAX + 64;

  private static final long UNSYNCED_MAX = 0xFFFF_FFFFL;

  private final Checksum checksum = new Checksum();

  /// Makes an encoder and decoder.
  public LogFormat() {}

  /// Identity of one use of a segment file.
  ///
  /// @param databaseId id of the database
  /// @param sequence place in the log
  /// @param salt random number
  public record Identity(long databaseId, long sequence, long salt) {}

  /// Fields of a record's header.
  ///
  /// @param version the commit's version; of a seal and a mark, the version before it
  /// @param durableVersion newest version known durable when the record was appended
  /// @param kind [#COMMIT], [#SEAL] or [#MARK]
  /// @param bodyBytes length of the body
  public record RecordHeader(long version, long durableVersion, int kind, int bodyBytes) {}

  /// Encodes a segment header.
  ///
  /// @param identity what it says
  /// @return [#HEADER_BYTES] bytes
  public byte[] encodeHeader(Identity identity) {
    byte[] header = new byte[HEADER_BYTES];
    LittleEndian.putU64(header, 0, FileKind.LOG_MAGIC);
    LittleEndian.putU32(header, 8, FileFormat.FORMAT);
    LittleEndian.putU32(header, 12, Features.NONE);
    LittleEndian.putU64(header, 16, identity.sequence());
    LittleEndian.putU64(header, 24, identity.salt());
    LittleEndian.putU64(header, 32, identity.databaseId());
    LittleEndian.putU32(header, 60, headerChecksum(header, identity.sequence()));
    return header;
  }

  private int headerChecksum(byte[] header, long sequence) {
    return checksum.begin(Checksum.TAG_LOG_HEADER, sequence, 0).update(header, 0, 60).value();
  }

  /// Decodes a segment header.
  ///
  /// @param segment the mapped segment
  /// @param sequence place in the log that the file name says
  /// @return its identity
  /// @throws CorruptionException if the bytes are not a header of this sequence
  /// @throws FormatTooNewException if an engine wrote it that knew more
  public Identity decodeHeader(MemorySegment segment, long sequence)
      throws CorruptionException, FormatTooNewException {
    String name = FileFormat.log(sequence);
    if (segment.byteSize() < HEADER_BYTES) {
      throw new CorruptionException(
          name, 0, "the file is shorter than the header of a log segment");
    }
    byte[] header = segment.asSlice(0, HEADER_BYTES).toArray(ValueLayout.JAVA_BYTE);
    if (LittleEndian.u64(header, 0) != FileKind.LOG_MAGIC) {
      throw new CorruptionException(name, 0, "this is not a log segment");
    }
    if (LittleEndian.u32(header, 60) != headerChecksum(header, sequence)) {
      throw new CorruptionException(name, 0, "the header of the log segment does not verify");
    }
    FileFormat.checkReadable(name, LittleEndian.u32(header, 8), LittleEndian.u32(header, 12));
    return statedIdentity(segment);
  }

  /// Reads what a segment header says, without checking any of it.
  ///
  /// @param segment the mapped segment, not shorter than a header
  /// @return its identity
  public static Identity statedIdentity(MemorySegment segment) {
    return new Identity(
        LittleEndian.u64(segment, 32),
        LittleEndian.u64(segment, 16),
        LittleEndian.u64(segment, 24));
  }

  /// Reads the number of the format out of a segment header, without checking any of it.
  ///
  /// @param segment the mapped segment, not shorter than a header
  /// @return 32 bits, unsigned
  public static int statedFormat(MemorySegment segment) {
    return LittleEndian.u32(segment, 8);
  }

  /// Reads the number of the features out of a segment header, without checking any of it.
  ///
  /// @param segment the mapped segment, not shorter than a header
  /// @return 32 bits, zero before format 3
  public static int statedFeatures(MemorySegment segment) {
    return LittleEndian.u32(segment, 12);
  }

  /// Encodes the body of a mark.
  ///
  /// @param momentMillis the greatest moment seen, in milliseconds since 1970
  /// @return [#MARK_BODY_BYTES] bytes
  public static byte[] encodeMark(long momentMillis) {
    byte[] body = new byte[MARK_BODY_BYTES];
    LittleEndian.putU64(body, 0, momentMillis);
    return body;
  }

  /// Reads the moment out of a mark that verifies.
  ///
  /// @param memory the mapped segment
  /// @param position place of the mark in it
  /// @return the greatest moment seen when it was written, in milliseconds since 1970
  public static long momentOfMark(MemorySegment memory, long position) {
    return LittleEndian.u64(memory, position + RECORD_HEADER_BYTES);
  }

  /// Encodes the header of a record.
  ///
  /// @param target gets [#RECORD_HEADER_BYTES] bytes from index 0
  /// @param segment identity of the segment
  /// @param position place of the record in it
  /// @param header what to encode
  /// @param body holds the body from index 0
  public void encodeRecordHeader(
      byte[] target, Identity segment, long position, RecordHeader header, byte[] body) {
    LittleEndian.putU32(target, 4, header.bodyBytes());
    LittleEndian.putU64(target, 8, header.version());
    long unsynced = Math.min(header.version() - header.durableVersion(), UNSYNCED_MAX);
    LittleEndian.putU32(target, 16, (int) unsynced);
    LittleEndian.putU32(target, 20, header.kind());
    int crc =
        checksum
            .begin(segment.salt(), segment.sequence(), position)
            .update(target, 4, RECORD_HEADER_BYTES - 4)
            .update(body, 0, header.bodyBytes())
            .value();
    LittleEndian.putU32(target, 0, crc);
  }

  /// Decodes the header of a record, if there is a valid record.
  ///
  /// @param memory the mapped segment
  /// @param identity identity of the segment
  /// @param position place in it, a multiple of [#ALIGNMENT]
  /// @return the header, or null if no valid record stands there
  public @Nullable RecordHeader decodeRecordHeader(
      MemorySegment memory, Identity identity, long position) {
    long room = memory.byteSize() - position - RECORD_HEADER_BYTES;
    if (room < 0) {
      return null;
    }
    int bodyBytes = LittleEndian.u32(memory, position + 4);
    int kind = LittleEndian.u32(memory, position + 20);
    boolean plausible =
        switch (kind) {
          case COMMIT ->
              bodyBytes >= CommitWriter.HEADER_BYTES && bodyBytes <= Math.min(room, BODY_BYTES_MAX);
          case SEAL -> bodyBytes == 0;
          case MARK -> bodyBytes == MARK_BODY_BYTES && bodyBytes <= room;
          default -> false;
        };
    return plausible && verifies(memory, identity, position, bodyBytes)
        ? recordHeader(memory, position, kind, bodyBytes)
        : null;
  }

  /// Tells whether a commit stands at a place, all of it as it was written but for its version.
  ///
  /// @param memory the mapped segment
  /// @param identity identity of the segment
  /// @param position place in it, a multiple of [#ALIGNMENT]
  /// @param version what its version should be
  /// @return true if the record is valid with that version
  public boolean isCommitButForVersion(
      MemorySegment memory, Identity identity, long position, long version) {
    long room = memory.byteSize() - position - RECORD_HEADER_BYTES;
    if (room < 0) {
      return false;
    }
    byte[] header = memory.asSlice(position, RECORD_HEADER_BYTES).toArray(ValueLayout.JAVA_BYTE);
    LittleEndian.putU64(header, 8, version);
    int bodyBytes = LittleEndian.u32(header, 4);
    return bodyBytes >= CommitWriter.HEADER_BYTES
        && bodyBytes <= Math.min(room, BODY_BYTES_MAX)
        && LittleEndian.u32(header, 20) == COMMIT
        && LittleEndian.u32(header, 0)
            == checksum
                .begin(identity.salt(), identity.sequence(), position)
                .update(header, 4, RECORD_HEADER_BYTES - 4)
                .update(memory, position + RECORD_HEADER_BYTES, bodyBytes)
                .value();
  }

  private boolean verifies(MemorySegment memory, Identity identity, long position, int bodyBytes) {
    int actual =
        checksum
            .begin(identity.salt(), identity.sequence(), position)
            .update(memory, position + 4, RECORD_HEADER_BYTES - 4L + bodyBytes)
            .value();
    return actual == LittleEndian.u32(memory, position);
  }

  private static RecordHeader recordHeader(
      MemorySegment memory, long position, int kind, int bodyBytes) {
    long version = LittleEndian.u64(memory, position + 8);
    long unsynced = Integer.toUnsignedLong(LittleEndian.u32(memory, position + 16));
    return new RecordHeader(version, version - unsynced, kind, bodyBytes);
  }

  /// Where the record after this one starts.
  ///
  /// @param position place of a record
  /// @param bodyBytes length of its body
  /// @return place of the next
  public static long nextPosition(long position, long bodyBytes) {
    long end = position + RECORD_HEADER_BYTES + bodyBytes;
    return (end + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
