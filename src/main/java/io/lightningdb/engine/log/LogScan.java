package io.lightningdb.engine.log;

import io.lightningdb.engine.format.CommitReader;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LittleEndian;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.Identity;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.MappedFile;
import io.lightningdb.engine.io.SteadyClock;
import io.lightningdb.engine.io.Storage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a log from its start, checks everything, and finds its end. Changes nothing.
///
/// `format/README.md` says how an unfinished end is told from damage. *Confined to one thread.*
public final class LogScan {
  private final Storage storage;
  private final Start start;
  private final CommitConsumer consumer;
  private final LogFormat format = new LogFormat();
  private final List<Scanned> scanned = new ArrayList<>();
  private final Deque<Unproven> unproven = new ArrayDeque<>();
  private long durableVersion;
  private long lastVersion;
  private long commits;
  private long momentMillis;

  private LogScan(Storage storage, Start start, CommitConsumer consumer) {
    this.storage = storage;
    this.start = start;
    this.consumer = consumer;
    this.lastVersion = start.version();
    this.durableVersion = start.version();
  }

  /// What the manifest says of the log.
  ///
  /// @param databaseId id of the database
  /// @param sequence first segment that is needed
  /// @param version commits up to it are not needed
  /// @param closed whether the database was closed cleanly, so that there may be no log at all
  public record Start(long databaseId, long sequence, long version, boolean closed) {}

  /// Gets the commits in their order.
  @FunctionalInterface
  public interface CommitConsumer {
    /// Takes one commit.
    ///
    /// @param version its version
    /// @param body holds its encoded operations from index 0; not kept
    /// @param bodyBytes their length
    /// @throws IOException if it cannot be taken; the scan stops
    void accept(long version, byte[] body, int bodyBytes) throws IOException;
  }

  /// A segment that was read.
  ///
  /// @param identity its identity
  /// @param bytes size of its file
  /// @param lastVersion newest version in it or before it
  /// @param durableEnd place behind the last commit or mark that a later record claims to be on stable storage
  /// @param end place behind its last commit or mark
  /// @param sealed whether a seal stands there
  public record Scanned(
      Identity identity, long bytes, long lastVersion, long durableEnd, long end, boolean sealed) {

    private Scanned withDurableEnd(long place) {
      return new Scanned(identity, bytes, lastVersion, place, end, sealed);
    }
  }

  /// A commit or mark that no later record claims to be on stable storage.
  ///
  /// @param segment index of its segment among those scanned
  /// @param position its place there
  /// @param version the durable version that proves it: its own; of a mark, the one behind it
  private record Unproven(int segment, long position, long version) {}

  /// What was found.
  ///
  /// @param segments the segments that belong to the log, oldest first; the last one with records may be unsealed
  /// @param surplus sequences of the segments behind the end
  /// @param lastVersion newest version, that of the start if there are no commits
  /// @param durableVersion newest version that is known to be on stable storage
  /// @param commits number of commits read
  /// @param momentMillis the latest moment that commits and marks tell of, as [SteadyClock] sees them one after the
  ///     other; 0 if there are none
  /// @param cut file and offset of an unfinished commit, if there is one
  public record Result(
      List<Scanned> segments,
      List<Long> surplus,
      long lastVersion,
      long durableVersion,
      long commits,
      long momentMillis,
      Optional<Cut> cut) {}

  /// Where an unfinished commit stands.
  ///
  /// @param file name of the segment
  /// @param offset first byte that does not count
  public record Cut(String file, long offset) {}

  /// Reads the log.
  ///
  /// @param storage the data directory
  /// @param start where the log starts
  /// @param consumer gets every commit, those that are not needed too
  /// @return what was found
  /// @throws CorruptionException if something that was durable is damaged or missing
  /// @throws IOException if a file cannot be read or the consumer fails
  public static Result run(Storage storage, Start start, CommitConsumer consumer)
      throws IOException {
    return new LogScan(storage, start, consumer).run();
  }

  /// Reads the commits of a log again that was scanned and repaired.
  ///
  /// The consumer may let segments go all of whose commits it has taken.
  ///
  /// @param storage the data directory
  /// @param start as it was for the scan
  /// @param found what the scan found
  /// @param consumer gets every commit of the segments with commits that are needed
  /// @throws IOException if a file cannot be read or the consumer fails
  public static void replay(Storage storage, Start start, Result found, CommitConsumer consumer)
      throws IOException {
    LogScan scan = new LogScan(storage, start, consumer);
    for (Scanned segment : found.segments()) {
      // One without commits may be gone by the time those before it are taken.
      if (segment.lastVersion() > scan.lastVersion) {
        scan.scanSegment(segment.identity().sequence());
      }
    }
  }

  private Result run() throws IOException {
    List<Long> sequences = sequences();
    int index = 0;
    while (index < sequences.size() && (index == 0 || continuesIn(sequences.get(index)))) {
      scanSegment(sequences.get(index));
      index++;
    }
    Optional<Cut> cut =
        scanned.isEmpty() || scanned.getLast().sealed()
            ? Optional.empty()
            : checkEnd(sequences.subList(index - 1, sequences.size()));
    if (lastVersion < start.version()) {
      throw damageAtEnd(start.version());
    }
    return new Result(
        withDurableEnds(),
        List.copyOf(sequences.subList(index, sequences.size())),
        lastVersion,
        durableVersion,
        commits,
        momentMillis,
        cut);
  }

  private List<Scanned> withDurableEnds() {
    if (unproven.isEmpty()) {
      return List.copyOf(scanned);
    }
    Unproven first = unproven.getFirst();
    List<Scanned> segments = new ArrayList<>();
    for (int i = 0; i < scanned.size(); i++) {
      long place = i == first.segment() ? first.position() : LogFormat.HEADER_BYTES;
      Scanned segment = scanned.get(i);
      segments.add(i < first.segment() ? segment : segment.withDurableEnd(place));
    }
    return List.copyOf(segments);
  }

  private List<Long> sequences() throws IOException {
    List<Long> sequences = new ArrayList<>();
    for (Storage.FileEntry file : storage.list()) {
      var sequence = FileFormat.logSequence(file.name());
      if (sequence.isPresent() && sequence.getAsLong() >= start.sequence()) {
        sequences.add(sequence.getAsLong());
      }
    }
    if (sequences.isEmpty() && !start.closed()) {
      throw new CorruptionException(
          FileFormat.log(start.sequence()), 0, "this log segment is missing");
    }
    for (int i = 0; i < sequences.size(); i++) {
      if (sequences.get(i) != start.sequence() + i) {
        throw new CorruptionException(
            FileFormat.log(start.sequence() + i), 0, "this log segment is missing");
      }
    }
    return sequences;
  }

  /// Tells whether the log goes on in a segment: the one before is sealed, or lost nothing but its seal.
  private boolean continuesIn(long sequence) throws IOException {
    if (scanned.getLast().sealed()) {
      return true;
    }
    try (MappedFile file = open(sequence)) {
      RecordHeader first =
          file.read(
              0,
              () ->
                  format.decodeRecordHeader(
                      file.memory(), identity(file, sequence), LogFormat.HEADER_BYTES));
      return first != null
          && first.kind() == LogFormat.COMMIT
          && first.version() == lastVersion + 1;
    }
  }

  private MappedFile open(long sequence) throws IOException {
    return MappedFile.confined(storage, FileFormat.log(sequence));
  }

  private void scanSegment(long sequence) throws IOException {
    try (MappedFile file = open(sequence)) {
      scanRecords(file, file.read(0, () -> identity(file, sequence)));
    }
  }

  private Identity identity(MappedFile file, long sequence) throws IOException {
    Identity identity = format.decodeHeader(file.memory(), sequence);
    if (identity.databaseId() != start.databaseId() || identity.sequence() != sequence) {
      throw new CorruptionException(
          file.name(), 0, "this log segment belongs to another database or place");
    }
    return identity;
  }

  private void scanRecords(MappedFile file, Identity identity) throws IOException {
    long position = LogFormat.HEADER_BYTES;
    RecordHeader header = recordHeader(file, identity, position);
    while (header != null && header.kind() != LogFormat.SEAL) {
      if (header.kind() == LogFormat.COMMIT) {
        acceptCommit(file, position, header);
        unproven.addLast(new Unproven(scanned.size(), position, header.version()));
        takeClaim(header);
      } else {
        acceptMark(file, position, header);
      }
      position = LogFormat.nextPosition(position, header.bodyBytes());
      header = recordHeader(file, identity, position);
    }
    if (header != null) {
      acceptSeal(file.name(), position, header);
    }
    boolean sealed = header != null;
    scanned.add(new Scanned(identity, file.bytes(), lastVersion, position, position, sealed));
  }

  private @Nullable RecordHeader recordHeader(MappedFile file, Identity identity, long position)
      throws IOException {
    return file.read(position, () -> format.decodeRecordHeader(file.memory(), identity, position));
  }

  private void acceptSeal(String name, long position, RecordHeader header)
      throws CorruptionException {
    if (header.version() != lastVersion && commits > 0) {
      throw new CorruptionException(name, position, "the seal does not name the commit before it");
    }
    takeClaim(header);
  }

  /// A mark proves everything in front of it, and is itself proved by a sync of what follows only.
  private void acceptMark(MappedFile file, long position, RecordHeader header) throws IOException {
    if (commits == 0 ? header.version() > lastVersion : header.version() != lastVersion) {
      throw new CorruptionException(
          file.name(), position, "the mark does not name the commit before it");
    }
    for (Scanned before : scanned) {
      if (!before.sealed()) {
        throw lostBefore(before, file.name(), position);
      }
    }
    momentSeen(file.read(position, () -> LogFormat.momentOfMark(file.memory(), position)));
    durableVersion = Math.max(durableVersion, header.version());
    unproven.clear();
    unproven.addLast(new Unproven(scanned.size(), position, header.version() + 1));
  }

  private void momentSeen(long millis) {
    momentMillis = SteadyClock.next(momentMillis, millis);
  }

  private void takeClaim(RecordHeader header) {
    durableVersion = Math.max(durableVersion, header.durableVersion());
    while (!unproven.isEmpty() && unproven.getFirst().version() <= durableVersion) {
      unproven.removeFirst();
    }
  }

  private void acceptCommit(MappedFile file, long position, RecordHeader header)
      throws IOException {
    boolean follows =
        commits == 0 ? header.version() <= lastVersion + 1 : header.version() == lastVersion + 1;
    if (!follows || header.version() <= 0) {
      throw new CorruptionException(
          file.name(),
          position,
          "commit " + header.version() + " stands where commit " + (lastVersion + 1) + " belongs");
    }
    byte[] body = file.copy(position + LogFormat.RECORD_HEADER_BYTES, header.bodyBytes());
    momentSeen(checkBody(file.name(), position, body));
    consumer.accept(header.version(), body, body.length);
    lastVersion = header.version();
    commits++;
  }

  /// Returns when the commit was made.
  private static long checkBody(String name, long position, byte[] body)
      throws CorruptionException {
    try {
      CommitReader reader = new CommitReader(body, body.length);
      boolean more = true;
      while (more) {
        more = reader.next();
      }
      return reader.timeMillis();
    } catch (IllegalArgumentException e) {
      throw new CorruptionException(name, position, FailureText.of(e));
    }
  }

  /// Decides whether the end is unfinished or damaged: looks behind it for proof that something missing was durable.
  private Optional<Cut> checkEnd(List<Long> sequences) throws IOException {
    Scanned last = scanned.getLast();
    boolean unfinished = false;
    for (long sequence : sequences) {
      boolean first = sequence == last.identity().sequence();
      unfinished |= checkBehind(sequence, first ? last.end() : LogFormat.HEADER_BYTES);
    }
    return unfinished
        ? Optional.of(new Cut(FileFormat.log(last.identity().sequence()), last.end()))
        : Optional.empty();
  }

  /// Returns whether anything of a commit stands behind the end.
  private boolean checkBehind(long sequence, long from) throws IOException {
    try (MappedFile file = open(sequence)) {
      return file.read(from, () -> checkBehind(file, sequence, from));
    }
  }

  private boolean checkBehind(MappedFile file, long sequence, long from) throws IOException {
    MemorySegment memory = file.memory();
    Identity identity = identity(file, sequence);
    boolean unfinished = isNextCommit(memory, identity, from);
    long position = from;
    while (position + LogFormat.RECORD_HEADER_BYTES <= memory.byteSize()) {
      RecordHeader header = format.decodeRecordHeader(memory, identity, position);
      if (header != null && header.kind() == LogFormat.MARK) {
        throw lostBefore(scanned.getLast(), file.name(), position);
      }
      if (header != null) {
        checkClaim(header);
        unfinished = true;
      }
      position = behindZeros(memory, position + LogFormat.ALIGNMENT);
    }
    return unfinished;
  }

  /// The next place where a record can start: none starts with nothing but zeros.
  private static long behindZeros(MemorySegment memory, long position) {
    long at = position;
    while (at + Long.BYTES <= memory.byteSize() && LittleEndian.u64(memory, at) == 0) {
      at += Long.BYTES;
    }
    while (at < memory.byteSize() && LittleEndian.u8(memory, at) == 0) {
      at++;
    }
    if (at == memory.byteSize()) {
      return at;
    }
    long reach = at - LogFormat.RECORD_HEADER_BYTES + 1;
    return Math.max(position, reach & -LogFormat.ALIGNMENT);
  }

  /// Tells whether damaged or half-written bytes are what is left of the commit that comes next. Records of an earlier
  /// use of the file are not.
  private boolean isNextCommit(MemorySegment memory, Identity identity, long position) {
    long next = lastVersion + 1;
    return position + LogFormat.RECORD_HEADER_BYTES <= memory.byteSize()
        && LittleEndian.u32(memory, position + 20) != LogFormat.MARK
        && (LittleEndian.u64(memory, position + 8) == next
            || format.isCommitButForVersion(memory, identity, position, next));
  }

  private void checkClaim(RecordHeader header) throws CorruptionException {
    if (header.durableVersion() > lastVersion) {
      throw damageAtEnd(header.durableVersion());
    }
    // Nothing was read, yet a commit that the runs hold already, or the first behind those, stands
    // further on: what is missing in front of it was durable.
    if (commits == 0
        && header.kind() == LogFormat.COMMIT
        && header.version() <= start.version() + 1) {
      throw damageAtEnd(header.version() - 1);
    }
  }

  private static CorruptionException lostBefore(Scanned segment, String file, long position) {
    return new CorruptionException(
        FileFormat.log(segment.identity().sequence()),
        segment.end(),
        "the log record here is damaged or missing, though a mark in "
            + file
            + " at "
            + position
            + " says that everything in front of it was on stable storage; restore the directory from a backup");
  }

  private CorruptionException damageAtEnd(long durableVersion) {
    Scanned last = scanned.getLast();
    return new CorruptionException(
        FileFormat.log(last.identity().sequence()),
        last.end(),
        "the log record here is damaged or missing, though commit "
            + durableVersion
            + ", which it precedes or is, was on stable storage; restore the directory from a backup");
  }
}
