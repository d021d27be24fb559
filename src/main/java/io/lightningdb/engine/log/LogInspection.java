package io.lightningdb.engine.log;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.Identity;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One log segment taken apart, whatever its state: for people who look at a single file. Changes nothing. *Confined to
/// one thread.*
///
/// Unlike [LogScan] it needs neither the manifest nor other segments, and goes on behind damage. What it calls damaged
/// is damaged; an end that it takes for unfinished may still be contradicted by a later segment.
public final class LogInspection implements AutoCloseable {
  private static final long UNKNOWN = -1;

  private final MappedFile file;
  private final MemorySegment memory;
  private final Identity stated;
  private final Identity identity;
  private final int statedFormat;
  private final int statedFeatures;
  private final boolean blank;
  private final LogFormat format = new LogFormat();

  private long position = LogFormat.HEADER_BYTES;
  private long lastVersion = UNKNOWN;
  private long misplaced = UNKNOWN;

  private LogInspection(MappedFile file) {
    this.file = file;
    this.memory = file.memory();
    this.stated =
        memory.byteSize() < LogFormat.HEADER_BYTES
            ? new Identity(0, 0, 0)
            : LogFormat.statedIdentity(memory);
    this.identity = identityOfRecords();
    boolean hasHeader = memory.byteSize() >= LogFormat.HEADER_BYTES;
    this.statedFormat = hasHeader ? LogFormat.statedFormat(memory) : 0;
    this.statedFeatures = hasHeader ? LogFormat.statedFeatures(memory) : 0;
    this.blank = hasHeader && isZero(memory.asSlice(0, LogFormat.HEADER_BYTES));
  }

  private static boolean isZero(MemorySegment header) {
    return Arrays.equals(header.toArray(ValueLayout.JAVA_BYTE), new byte[LogFormat.HEADER_BYTES]);
  }

  /// A part of the segment.
  public sealed interface Item {
    /// Place in the file.
    ///
    /// @return bytes from its start
    long position();
  }

  /// A commit that verifies.
  ///
  /// @param position place in the file
  /// @param header header of the record
  /// @param body encoded operations
  public record Commit(long position, RecordHeader header, byte[] body) implements Item {}

  /// A mark: everything in front of it was on stable storage when it was written.
  ///
  /// @param position place in the file
  /// @param header header of the record
  /// @param momentMillis the greatest moment seen by then, in milliseconds since 1970
  public record Mark(long position, RecordHeader header, long momentMillis) implements Item {}

  /// The end of a finished segment.
  ///
  /// @param position place in the file
  /// @param header header of the record
  public record Seal(long position, RecordHeader header) implements Item {}

  /// Bytes that never held a record of this segment.
  ///
  /// @param position place in the file
  /// @param bytes how many
  public record Unused(long position, long bytes) implements Item {}

  /// A record that was not written to its end and was never promised to last. It does not count, nor does what follows.
  ///
  /// @param position place in the file
  /// @param bytes how many up to the next valid record or the end
  public record Unfinished(long position, long bytes) implements Item {}

  /// Bytes that are not what was written.
  ///
  /// @param position place in the file
  /// @param bytes how many up to the next valid record or the end; 0 if it is the next record that is out of place
  /// @param reason what is wrong
  public record Damage(long position, long bytes, String reason) implements Item {}

  /// Maps a segment.
  ///
  /// @param storage the directory of the file
  /// @param name its name, which may be any
  /// @return to be closed by the caller
  /// @throws IOException if it cannot be read
  public static LogInspection open(Storage storage, String name) throws IOException {
    MappedFile file = MappedFile.confined(storage, name);
    boolean done = false;
    try {
      LogInspection opened = file.read(0, () -> new LogInspection(file));
      done = true;
      return opened;
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  /// The sequence that the file should have.
  private long sequenceExpected() {
    OptionalLong named = FileFormat.logSequence(file.name());
    return named.orElse(stated.sequence());
  }

  /// Under a damaged header, the sequence of the file name may be the right one; of the two, that which verifies a
  /// record.
  private Identity identityOfRecords() {
    Identity named = new Identity(stated.databaseId(), sequenceExpected(), stated.salt());
    boolean verifies = format.decodeRecordHeader(memory, named, LogFormat.HEADER_BYTES) != null;
    return verifies ? named : stated;
  }

  /// Size of the file.
  ///
  /// @return in bytes
  public long bytes() {
    return memory.byteSize();
  }

  /// What the header says, right or wrong.
  ///
  /// @return all zeros if the file is too short for a header
  public Identity statedIdentity() {
    return stated;
  }

  /// What the header says, right or wrong.
  ///
  /// @return number of the format, unsigned; 0 if the file is too short for a header
  public int statedFormat() {
    return statedFormat;
  }

  /// What the header says, right or wrong.
  ///
  /// @return features of the file, 32 bits; 0 if the file is too short for a header
  public int statedFeatures() {
    return statedFeatures;
  }

  /// Tells whether the file has no header yet: it was allocated and never used.
  ///
  /// @return true if zeros stand where the header belongs
  public boolean isBlank() {
    return blank;
  }

  /// Checks the header, and that the file name agrees if it is that of a log segment.
  ///
  /// @throws CorruptionException if it is damaged or of another segment
  /// @throws io.lightningdb.engine.format.FormatTooNewException if a newer engine wrote it
  /// @throws IOException if it cannot be read
  public void verifyHeader() throws IOException {
    try {
      file.read(0, () -> format.decodeHeader(memory, sequenceExpected()));
    } catch (CorruptionException e) {
      throw new CorruptionException(file.name(), e.offset(), e.reason());
    }
    if (stated.sequence() != sequenceExpected()) {
      throw new CorruptionException(file.name(), 0, "the header is that of another log segment");
    }
  }

  /// Reads the next part.
  ///
  /// @return the part, or null at the end of the file
  /// @throws IOException if it cannot be read
  public @Nullable Item next() throws IOException {
    return file.read(position, this::nextItem);
  }

  private @Nullable Item nextItem() {
    if (position + LogFormat.RECORD_HEADER_BYTES > memory.byteSize()) {
      return null;
    }
    RecordHeader header = format.decodeRecordHeader(memory, identity, position);
    if (header == null) {
      return gap(position);
    }
    if (misplaced != position && !follows(header)) {
      misplaced = position;
      return new Damage(
          position,
          0,
          "the record with version %d stands behind version %d"
              .formatted(header.version(), lastVersion));
    }
    return switch (header.kind()) {
      case LogFormat.SEAL -> seal(header);
      case LogFormat.MARK -> mark(header);
      default -> commit(header);
    };
  }

  private boolean follows(RecordHeader header) {
    long expected = header.kind() == LogFormat.COMMIT ? lastVersion + 1 : lastVersion;
    return lastVersion == UNKNOWN || header.version() == expected;
  }

  private Item commit(RecordHeader header) {
    long at = position;
    byte[] body =
        memory
            .asSlice(at + LogFormat.RECORD_HEADER_BYTES, header.bodyBytes())
            .toArray(ValueLayout.JAVA_BYTE);
    position = LogFormat.nextPosition(at, header.bodyBytes());
    lastVersion = header.version();
    return new Commit(at, header, body);
  }

  private Item mark(RecordHeader header) {
    long at = position;
    position = LogFormat.nextPosition(at, header.bodyBytes());
    lastVersion = header.version();
    return new Mark(at, header, LogFormat.momentOfMark(memory, at));
  }

  /// What stands behind a seal is of an earlier use of the file.
  private Item seal(RecordHeader header) {
    long at = position;
    position = memory.byteSize();
    return new Seal(at, header);
  }

  /// Goes on at the next valid record. As in [LogScan], what that and later ones claim tells what was lost.
  private Item gap(long from) {
    long next = memory.byteSize();
    boolean lost = false;
    for (long at = from + LogFormat.ALIGNMENT;
        !lost && at + LogFormat.RECORD_HEADER_BYTES <= memory.byteSize();
        at += LogFormat.ALIGNMENT) {
      RecordHeader header = format.decodeRecordHeader(memory, identity, at);
      if (header != null) {
        next = Math.min(next, at);
        lost = claimsWhatIsMissing(header);
      }
    }
    boolean begun =
        lastVersion != UNKNOWN
            && LittleEndian.u64(memory, from + 8) == lastVersion + 1
            && LittleEndian.u32(memory, from + 20) != LogFormat.MARK;
    boolean unused = next == memory.byteSize() && !begun;
    position = next;
    lastVersion = UNKNOWN;
    if (lost) {
      return new Damage(
          from, next - from, "a record is damaged or missing that was on stable storage");
    }
    return unused ? new Unused(from, next - from) : new Unfinished(from, next - from);
  }

  private boolean claimsWhatIsMissing(RecordHeader header) {
    if (header.kind() == LogFormat.MARK) {
      return true;
    }
    long before = header.kind() == LogFormat.SEAL ? header.version() : header.version() - 1;
    long missing = lastVersion == UNKNOWN ? before : lastVersion + 1;
    return header.durableVersion() >= missing;
  }

  /// Unmaps the file. Closing twice is allowed.
  @Override
  public void close() {
    file.close();
  }
}
