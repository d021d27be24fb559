package io.lightningdb.engine.log;

import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.LogFormat;
import io.lightningdb.engine.format.LogFormat.RecordHeader;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DeadlineException;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.Storage;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.latency.LatencyHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Appends commits to the log and makes them durable.
///
/// [#append] is called under the sequencer's lock, everything else from any thread. The first failure of a write or
/// sync closes the log to appends: after a failed sync the kernel may have dropped the pages it could not write, so a
/// later success would prove nothing. It is opened again by [#startAnew] only, in a segment that nothing was written to
/// before, and when all that was appended is durable elsewhere. What the system refuses before anything was written is
/// no failure: the caller is told, and may try again.
public final class LogWriter implements AutoCloseable {
  private static final byte[] NO_BODY = new byte[0];
  private static final int GATHER_BYTES_MAX = 64 << 10;

  // Each page that is stored to costs a page fault: for many pages that is more than the system
  // calls of a write.
  private static final int STORED_BYTES_MAX = 16 << 10;

  private final SegmentAllocator allocator;
  private final Clock clock;
  private final LogFormat format = new LogFormat();

  // Confined to the holder of the sequencer's lock.
  private final byte[] recordHeader = new byte[LogFormat.RECORD_HEADER_BYTES];
  private final byte[] gather = new byte[GATHER_BYTES_MAX];
  private LogSegment current;
  private long position = LogFormat.HEADER_BYTES;

  // Newest version appended; written under the sequencer's lock, read by syncs.
  private final AtomicLong appendedVersion;

  // All segments of the log, oldest first, replaced whole; changed under `segmentsLock`.
  private final ReentrantLock segmentsLock = new ReentrantLock();
  private volatile List<LogSegment> segments;
  private volatile @Nullable LogSegment prepared;
  private int readers;

  // Where a failed log can start anew. Guarded by `segmentsLock`.
  private @Nullable LogSegment anew;

  // Commits behind this version stay, until the log is larger than that.
  private volatile long archivedVersion = Long.MAX_VALUE;
  private volatile long archivedBytesMax;

  // Group commit: one thread syncs, those that come meanwhile wait and share the next sync.
  private final SyncQueue queue = new SyncQueue();
  private volatile long durableVersion;

  // Records of any kind, counted since the opening: written, and those of them known to be on
  // stable
  // storage. The first is changed under the sequencer's lock.
  private final AtomicLong writtenRecords = new AtomicLong();
  private volatile long durableRecords;

  // Whether the last record is a mark; changed under the sequencer's lock.
  private volatile boolean marked;

  // Confined to the thread that has the turn in the queue.
  private final SyncCrowd crowd;

  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final LatencyHistogram syncs = new LatencyHistogram();

  /// Where a log starts.
  ///
  /// @param databaseId id of the database
  /// @param segmentBytes size of a segment, in bytes
  /// @param firstSequence sequence of the first segment that is written
  /// @param lastVersion newest version that exists; it is durable
  /// @param salts gives the random number of each segment
  public record Start(
      long databaseId,
      long segmentBytes,
      long firstSequence,
      long lastVersion,
      RandomGenerator salts) {}

  /// A segment from before this start that is still needed.
  ///
  /// @param sequence its place in the log
  /// @param bytes size of its file
  /// @param lastVersion newest version in it or before it
  public record OldSegment(long sequence, long bytes, long lastVersion) {}

  /// Opens the log for appending, in a fresh segment.
  ///
  /// @param storage the data directory
  /// @param clock times the syncs
  /// @param start where to start
  /// @param older durable segments from before that are still needed, oldest first
  /// @throws IOException if the first segment cannot be made
  public LogWriter(Storage storage, Clock clock, Start start, List<OldSegment> older)
      throws IOException {
    this.clock = clock;
    this.crowd = new SyncCrowd(clock);
    this.allocator =
        new SegmentAllocator(storage, start.databaseId(), start.segmentBytes(), start.salts());
    this.appendedVersion = new AtomicLong(start.lastVersion());
    this.durableVersion = start.lastVersion();
    this.current = allocator.prepare(start.firstSequence(), 0, start.lastVersion());
    List<LogSegment> all = new ArrayList<>();
    for (OldSegment old : older) {
      var identity = new LogFormat.Identity(start.databaseId(), old.sequence(), 0);
      StorageFile file = storage.open(FileFormat.log(old.sequence()));
      LogSegment segment = new LogSegment(identity, file, old.bytes(), old.lastVersion());
      segment.settle();
      all.add(segment);
    }
    all.add(current);
    this.segments = List.copyOf(all);
  }

  /// Opens a log that nothing can be appended to before [#startAnew]: there is no space for another segment.
  ///
  /// @param storage the data directory
  /// @param clock times the syncs
  /// @param start where it would start
  /// @param older segments from before that are still needed, oldest first; they are neither opened nor changed
  /// @param cause why there is none
  public LogWriter(
      Storage storage, Clock clock, Start start, List<OldSegment> older, IOException cause) {
    this.clock = clock;
    this.crowd = new SyncCrowd(clock);
    this.allocator =
        new SegmentAllocator(storage, start.databaseId(), start.segmentBytes(), start.salts());
    this.appendedVersion = new AtomicLong(start.lastVersion());
    this.durableVersion = start.lastVersion();
    this.failure.set(cause);
    List<LogSegment> all = new ArrayList<>();
    for (OldSegment old : older) {
      var identity = new LogFormat.Identity(start.databaseId(), old.sequence(), 0);
      all.add(new LogSegment(identity, new NoFile(), old.bytes(), old.lastVersion()));
    }
    var next = new LogFormat.Identity(start.databaseId(), start.firstSequence(), 0);
    this.current = new LogSegment(next, new NoFile(), 0, start.lastVersion());
    all.add(current);
    this.segments = List.copyOf(all);
  }

  /// What the buffers of a log take of the heap; its segments are mapped files.
  ///
  /// @return in bytes
  public static long bufferBytes() {
    return GATHER_BYTES_MAX + LogFormat.RECORD_HEADER_BYTES;
  }

  /// Appends a commit. When this returns it survives the death of the process.
  ///
  /// The caller holds the sequencer's lock.
  ///
  /// @param version one more than that of the commit before
  /// @param body holds the encoded commit from index 0
  /// @param bodyBytes its length
  /// @param mode how it reaches the page cache
  /// @throws ResourceExhaustedException if the log needs another segment, and the system has nothing to make it of;
  ///     nothing was changed
  /// @throws IOException if the log failed, now or before; the commit must then not become visible, nor if anything
  ///     else is thrown
  public void append(long version, byte[] body, int bodyBytes, AppendMode mode) throws IOException {
    throwIfFailed();
    try {
      if (!current.fits(position, bodyBytes)) {
        roll(bodyBytes);
      }
      writeRecord(
          new RecordHeader(version, durableVersion, LogFormat.COMMIT, bodyBytes), body, mode);
      current.lastVersion(version);
      appendedVersion.setRelease(version);
    } catch (ResourceExhaustedException e) {
      throw e;
    } catch (IOException e) {
      throw fail(e);
    } catch (RuntimeException | Error e) {
      // How much of the record, or of the seal before it, was written is not known.
      fail(new IOException("an append to the log ended unexpectedly: " + e, e));
      throw e;
    }
  }

  /// Appends a mark behind the last record, which says that everything in front of it is on stable storage, if that is
  /// so. The mark itself is there for certain once [#sync] has returned.
  ///
  /// Where it does not fit into the segment, the segment ends, and the mark has to wait until that is on stable
  /// storage, too.
  ///
  /// The caller holds the sequencer's lock.
  ///
  /// @param momentMillis the greatest moment seen, in milliseconds since 1970
  /// @return false if there is no mark: something in front of it may not be on stable storage
  /// @throws IOException if the log failed, now or before
  public boolean appendMark(long momentMillis) throws IOException {
    throwIfFailed();
    if (!isDurable()) {
      return false;
    }
    try {
      if (current.fits(position, LogFormat.MARK_BODY_BYTES)) {
        long version = appendedVersion.get();
        writeRecord(
            new RecordHeader(version, version, LogFormat.MARK, LogFormat.MARK_BODY_BYTES),
            LogFormat.encodeMark(momentMillis),
            AppendMode.WRITE);
        return true;
      }
      // Behind a mark a seal proves nothing more; and to wait until a segment was made is nothing
      // to
      // do under this lock.
      if (!marked && !isNextMissing()) {
        roll(LogFormat.MARK_BODY_BYTES);
      }
      return false;
    } catch (IOException e) {
      throw fail(e);
    }
  }

  /// Tells whether a mark is the last record.
  ///
  /// @return true if nothing was appended since the last mark
  public boolean isMarked() {
    return marked;
  }

  /// Tells whether everything that was appended is known to be on stable storage, marks and the ends of segments
  /// included.
  ///
  /// @return true if a sync would have nothing to do
  public boolean isDurable() {
    return durableRecords == writtenRecords.get();
  }

  private void writeRecord(RecordHeader header, byte[] body, AppendMode mode) throws IOException {
    format.encodeRecordHeader(recordHeader, current.identity(), position, header, body);
    int bodyBytes = header.bodyBytes();
    switch (bodyBytes > STORED_BYTES_MAX ? AppendMode.WRITE : mode) {
      case STORE -> {
        current.file().store(position, recordHeader, 0, recordHeader.length);
        current.file().store(position + recordHeader.length, body, 0, bodyBytes);
      }
      case WRITE -> write(body, bodyBytes);
    }
    position = LogFormat.nextPosition(position, bodyBytes);
    boolean mark = header.kind() == LogFormat.MARK;
    if (mark != marked) {
      marked = mark;
    }
    writtenRecords.setRelease(writtenRecords.getPlain() + 1);
  }

  private void write(byte[] body, int bodyBytes) throws IOException {
    int length = recordHeader.length + bodyBytes;
    if (length <= gather.length) {
      System.arraycopy(recordHeader, 0, gather, 0, recordHeader.length);
      System.arraycopy(body, 0, gather, recordHeader.length, bodyBytes);
      current.file().write(position, gather, 0, length);
    } else {
      current.file().write(position, recordHeader, 0, recordHeader.length);
      current.file().write(position + recordHeader.length, body, 0, bodyBytes);
    }
  }

  private void roll(int bodyBytes) throws IOException {
    long bytesNeeded =
        LogFormat.nextPosition(LogFormat.HEADER_BYTES, bodyBytes) + LogFormat.SEAL_BYTES;
    segmentsLock.lock();
    try {
      // First, so that nothing is changed if there is none to be had; and it stays prepared until
      // it
      // is part of the log.
      LogSegment next = takePrepared(bytesNeeded);
      prepared = next;
      sealCurrent();
      prepared = null;
      List<LogSegment> longer = new ArrayList<>(segments);
      longer.add(next);
      segments = List.copyOf(longer);
      current = next;
      position = LogFormat.HEADER_BYTES;
    } finally {
      segmentsLock.unlock();
    }
  }

  private LogSegment takePrepared(long bytesNeeded) throws IOException {
    LogSegment next = prepared;
    prepared = null;
    if (next != null && next.capacity() >= bytesNeeded) {
      next.lastVersion(appendedVersion.get());
      return next;
    }
    if (next != null) {
      next.file().close();
    }
    return allocator.prepare(current.identity().sequence() + 1, bytesNeeded, appendedVersion.get());
  }

  private void sealCurrent() throws IOException {
    writeRecord(
        new RecordHeader(appendedVersion.get(), durableVersion, LogFormat.SEAL, 0),
        NO_BODY,
        AppendMode.WRITE);
  }

  /// Prepares the next segment if there is none, so that no append has to wait for it.
  ///
  /// @throws ResourceExhaustedException if the system has nothing to make it of; to be tried again
  /// @throws IOException if the log failed
  public void prepareNext() throws IOException {
    segmentsLock.lock();
    try {
      // Under the lock: a log that has failed must not get segments besides the one to start anew.
      throwIfFailed();
      if (prepared == null) {
        List<LogSegment> all = segments;
        long sequence = all.getLast().identity().sequence() + 1;
        prepared = allocator.prepare(sequence, 0, 0);
      }
    } catch (ResourceExhaustedException e) {
      throw e;
    } catch (IOException e) {
      throw fail(e);
    } finally {
      segmentsLock.unlock();
    }
  }

  /// Tells whether [#prepareNext] has anything to do.
  ///
  /// @return true if no segment is ready to follow the current one
  public boolean isNextMissing() {
    return prepared == null;
  }

  /// Waits until a commit is on stable storage, and does the sync if no other thread does.
  ///
  /// @param version an appended version
  /// @throws DeadlineException if the caller has a deadline and it was past while another thread synced
  /// @throws IOException if the log failed; whether the commit survives is then unknown
  public void awaitDurable(long version) throws IOException {
    while (durableVersion < version) {
      throwIfFailed();
      if (queue.takeTurnUnless(() -> durableVersion >= version || failure() != null)) {
        syncOnce();
      }
    }
  }

  /// Makes everything appended so far durable, marks and the ends of segments included.
  ///
  /// @throws IOException if the log failed
  public void sync() throws IOException {
    long records = writtenRecords.get();
    while (durableRecords < records) {
      throwIfFailed();
      if (queue.takeTurnUnless(() -> durableRecords >= records || failure() != null)) {
        syncOnce();
      }
    }
  }

  /// Syncs for everybody who waits. The caller has the turn, and gives it back.
  private void syncOnce() throws IOException {
    try {
      crowd.gather(() -> appendedVersion.get() - durableVersion);
      long durableBefore = durableVersion;
      long records = writtenRecords.get();
      // A commit is counted among the records before it is the newest version.
      long target = appendedVersion.get();
      // Read last: segments that hold anything of both are in the list or durable.
      long nanos = syncSegments(segments, target);
      if (target > durableBefore) {
        crowd.synced(target - durableBefore, appendedVersion.get() - target, nanos);
      }
      durableVersion = target;
      durableRecords = records;
    } catch (IOException e) {
      throw fail(e);
    } finally {
      queue.giveTurnBack();
    }
  }

  /// Syncs whatever may not be durable yet.
  ///
  /// @return how long that took, in nanoseconds
  private long syncSegments(List<LogSegment> all, long target) throws IOException {
    long start = clock.nanoTime();
    for (LogSegment segment : all) {
      if (segment == all.getLast()) {
        segment.file().sync();
      } else if (!segment.isSettled()) {
        // It got its seal before it was followed by another: no mark behind it may be there
        // without.
        segment.file().sync();
        segment.settle();
      }
    }
    assert target >= durableVersion;
    long nanos = clock.nanoTime() - start;
    syncs.record(nanos);
    return nanos;
  }

  private IOException fail(IOException cause) {
    IOException before = failure.compareAndExchange(null, cause);
    queue.wakeSettled();
    return before == null ? cause : before;
  }

  private void throwIfFailed() throws IOException {
    IOException first = failure.get();
    if (first != null) {
      throw new LogFailedException(first);
    }
  }

  /// Closes the log to appends, though it has not failed itself.
  ///
  /// @param cause why
  public void closeToAppends(IOException cause) {
    fail(cause);
  }

  /// Makes the segment in which a failed log can start anew. Does not change the log; may be repeated.
  ///
  /// @return its sequence
  /// @throws IOException if it cannot be made
  public long prepareAnew() throws IOException {
    segmentsLock.lock();
    try {
      LogSegment before = anew;
      anew = null;
      if (before != null) {
        before.file().close();
      }
      LogSegment made =
          allocator.prepareAnew(segments.getLast().identity().sequence(), appendedVersion.get());
      anew = made;
      return made.identity().sequence();
    } finally {
      segmentsLock.unlock();
    }
  }

  /// Starts a failed log anew in the segment of [#prepareAnew]. Whatever was appended must be durable elsewhere, and
  /// the manifest must say that the log starts there.
  ///
  /// The caller holds the sequencer's lock. Those who wait for the durability of what was appended have it.
  ///
  /// @return sequences of the segments before, which are not needed any more, to be given to [#deleteSegments]
  public List<Long> startAnew() {
    queue.takeTurn();
    segmentsLock.lock();
    try {
      LogSegment fresh = anew;
      if (fresh == null || failure.get() == null) {
        throw new IllegalStateException("the log has not failed, or has no segment to start anew");
      }
      List<LogSegment> old = new ArrayList<>(segments);
      LogSegment next = prepared;
      if (next != null) {
        old.add(next);
      }
      anew = null;
      prepared = null;
      segments = List.of(fresh);
      current = fresh;
      position = LogFormat.HEADER_BYTES;
      durableVersion = appendedVersion.get();
      durableRecords = writtenRecords.get();
      marked = false;
      failure.set(null);
      old.forEach(LogWriter::closeQuietly);
      // One without any bytes never was a file, and the one to start anew in may have its name.
      return old.stream()
          .filter(segment -> segment.capacity() > 0)
          .map(segment -> segment.identity().sequence())
          .toList();
    } finally {
      segmentsLock.unlock();
      queue.giveTurnBack();
    }
  }

  /// What a failed file says when it is closed says nothing that is not known.
  private static void closeQuietly(LogSegment segment) {
    try {
      segment.file().close();
    } catch (IOException _) {
      // Nothing in it is needed.
    }
  }

  /// Deletes segments that are no longer part of the log, unless they are being read; the next start deletes what is
  /// left.
  ///
  /// @param sequences theirs
  /// @throws IOException if a file cannot be deleted
  public void deleteSegments(List<Long> sequences) throws IOException {
    segmentsLock.lock();
    try {
      for (long sequence : readers == 0 ? sequences : List.<Long>of()) {
        allocator.delete(sequence);
      }
    } finally {
      segmentsLock.unlock();
    }
  }

  /// The first failure of the log.
  ///
  /// @return what closed the log to appends, or null
  public @Nullable IOException failure() {
    return failure.get();
  }

  /// Newest version in the log, on stable storage or not.
  ///
  /// @return a version
  public long appendedVersion() {
    return appendedVersion.get();
  }

  /// Newest version known to be on stable storage.
  ///
  /// @return a version
  public long durableVersion() {
    return durableVersion;
  }

  /// The first segment that holds anything newer than `version`.
  ///
  /// @param version everything up to it is no longer needed in the log
  /// @return its sequence; that of the current segment if all others are not needed
  public long firstSequenceNeeded(long version) {
    return firstSequenceAfter(Math.min(version, keptVersion()));
  }

  /// The first segment that holds anything newer than `version`, needed or not.
  ///
  /// @param version any version
  /// @return its sequence; that of the current segment if all others hold nothing newer
  public long firstSequenceAfter(long version) {
    List<LogSegment> all = segments;
    for (LogSegment segment : all) {
      if (segment.lastVersion() > version) {
        return segment.identity().sequence();
      }
    }
    return all.getLast().identity().sequence();
  }

  /// Tells whether a commit keeps a segment that nothing is appended to any more.
  ///
  /// @param version of the commit
  /// @return false if it is in the newest segment, or not in the log any more
  public boolean isInOlderSegment(long version) {
    List<LogSegment> all = segments;
    return all.size() > 1 && all.get(all.size() - 2).lastVersion() >= version;
  }

  /// Gives up the segments before `sequence`, which the manifest no longer names. While the log is being read they
  /// stay, and go with the next ones.
  ///
  /// @param sequence first segment that is kept
  /// @throws IOException if a file cannot be given up
  public void release(long sequence) throws IOException {
    // A sync in progress may hold a segment that goes: be the one who syncs meanwhile.
    queue.takeTurn();
    segmentsLock.lock();
    try {
      if (readers == 0) {
        giveUp(sequence);
      }
    } finally {
      segmentsLock.unlock();
      queue.giveTurnBack();
    }
  }

  /// Keeps commits for an archive, though they are in runs, until the log is too large for that.
  ///
  /// @param version commits up to it need not be kept
  /// @param bytesMax how large all segments together may be
  public void keepAfter(long version, long bytesMax) {
    archivedBytesMax = bytesMax;
    archivedVersion = version;
  }

  private long keptVersion() {
    return bytes() > archivedBytesMax ? Long.MAX_VALUE : archivedVersion;
  }

  private void giveUp(long sequence) throws IOException {
    List<LogSegment> kept = new ArrayList<>();
    long version = keptVersion();
    for (LogSegment segment : segments) {
      if (segment.identity().sequence() < sequence && segment.lastVersion() <= version) {
        segment.file().close();
        allocator.recycle(segment.identity().sequence(), segment.capacity());
      } else {
        kept.add(segment);
      }
    }
    segments = List.copyOf(kept);
  }

  /// Keeps the segments from going until [#endReading].
  public void beginReading() {
    segmentsLock.lock();
    try {
      readers++;
    } finally {
      segmentsLock.unlock();
    }
  }

  /// Ends what [#beginReading] began.
  public void endReading() {
    segmentsLock.lock();
    try {
      readers--;
    } finally {
      segmentsLock.unlock();
    }
  }

  /// Sequence of the segment behind the last one: where a log would go on after this one was given up.
  ///
  /// @return a sequence that no segment with records has
  public long nextSequence() {
    return segments.getLast().identity().sequence() + 1;
  }

  /// The segments that nothing is appended to any more.
  ///
  /// @return their sequences, ascending; they may be given up at any time
  public List<Long> sealedSequences() {
    List<LogSegment> all = segments;
    return all.subList(0, all.size() - 1).stream().map(each -> each.identity().sequence()).toList();
  }

  /// Bytes of all segment files, spare ones included.
  ///
  /// @return in bytes
  public long bytes() {
    long bytes = allocator.spareBytes();
    for (LogSegment segment : segments) {
      bytes += segment.capacity();
    }
    LogSegment next = prepared;
    return next == null ? bytes : bytes + next.capacity();
  }

  /// Number of segments that hold or held records.
  ///
  /// @return a count
  public int segmentCount() {
    return segments.size();
  }

  /// How long syncs took.
  ///
  /// @return the durations so far
  public LatencyHistogram.Snapshot syncs() {
    return syncs.snapshot();
  }

  /// Deletes every segment: the manifest says that none is needed. The log cannot be used afterwards.
  ///
  /// @throws IOException if a file cannot be deleted
  public void deleteAll() throws IOException {
    archivedVersion = Long.MAX_VALUE;
    LogSegment next = prepared;
    if (next != null) {
      next.file().close();
      allocator.recycle(next.identity().sequence(), next.capacity());
      prepared = null;
    }
    release(Long.MAX_VALUE);
    allocator.deleteSpares();
  }

  /// Closes the files without syncing them. Closing twice is allowed.
  @Override
  public void close() throws IOException {
    LogSegment next = prepared;
    if (next != null) {
      next.file().close();
    }
    for (LogSegment segment : segments) {
      segment.file().close();
    }
    LogSegment unused = anew;
    if (unused != null) {
      unused.file().close();
    }
  }
}
