package io.lightningdb.engine.compaction;

import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.cursor.TombstoneSweep;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.io.StorageFile;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.Run;
import io.lightningdb.engine.run.RunWriter;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.SharedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Writes entries and range deletions as a row of runs. *Confined to one thread.*
///
/// A run ends at its target size, but never between two versions of one key. Its bounds hold its entries and its part of the
/// range deletions, and no more.
final class RunOutput {
  /// Runs that a step of a merge writes where there is enough space.
  static final int STEP_RUNS = 2;

  private static final int LARGE_BYTES_MIN = 64 << 10;
  private static final long ENTRIES_PER_QUESTION = 4096;
  private static final long BYTES_PER_TURN = 256 << 10;

  private final Maintenance maintenance;
  private final KeyspaceStore store;
  private final Purpose purpose;
  private final Deletions deletions;
  private final List<SharedRun> finished = new ArrayList<>();
  private final List<Long> fileIds = new ArrayList<>();

  private @Nullable RunWriter writer;
  private @Nullable StorageFile file;
  private long charged;
  private long told;

  // Changed by one thread, and read by any.
  private final AtomicLong bytesWritten = new AtomicLong();

  /// How much a step of a merge writes at most: with what it has not let go of yet, this bounds the extra space it takes.
  ///
  /// @param runs number of runs
  /// @param runBytesTarget size at which another one is started, in bytes
  record Share(int runs, long runBytesTarget) {
    /// Two runs; where there is less space than that takes, one that leaves as much again for its indexes and the last entry.
    ///
    /// @param runBytesTarget size of runs where there is enough, in bytes
    /// @param room what the step may take, in bytes
    /// @param roomEnough what it takes where there is enough, in bytes
    static Share of(long runBytesTarget, long room, long roomEnough) {
      return room >= roomEnough
          ? new Share(STEP_RUNS, runBytesTarget)
          : new Share(1, Math.min(runBytesTarget, room / 2));
    }
  }

  /// What the runs are for.
  ///
  /// @param place where they go
  /// @param depth whether anything older lies below them
  /// @param priority whose work it is
  /// @param urgency how far what is the reason for it has grown beyond its bound, 1 for just so
  record Purpose(
      RunRecord.Place place, RetainedCursor.Depth depth, WritePriority priority, double urgency) {}

  /// Range deletions over what is written.
  ///
  /// @param sweep is taken along by the walk over the entries
  /// @param kept leaves out pieces, or versions of them, that go
  record Deletions(TombstoneSweep sweep, UnaryOperator<RangeTombstones> kept) {
    /// Those behind what was written before.
    RangeTombstones upTo(byte @Nullable [] upper) {
      return kept.apply(sweep.upTo(upper));
    }
  }

  RunOutput(Maintenance maintenance, KeyspaceStore store, Purpose purpose, Deletions deletions) {
    this.maintenance = maintenance;
    this.store = store;
    this.purpose = purpose;
    this.deletions = deletions;
  }

  private RunWriter.Form form() {
    return purpose.depth() == RetainedCursor.Depth.BOTTOM
        ? maintenance.forms().bottomRunForm(store)
        : maintenance.forms().runForm(store);
  }

  /// Writes everything. Until the result is in the manifest, [#discard] undoes it.
  ///
  /// @param entries what to write
  /// @param cancelled asked now and then
  /// @return the runs, ascending; none if there is nothing to write
  List<SharedRun> write(EntryCursor entries, BooleanSupplier cancelled) throws IOException {
    Share all = new Share(Integer.MAX_VALUE, maintenance.runBytesTarget());
    writeUpTo(all, KeyRange.ALL, entries, cancelled);
    return finished;
  }

  /// Writes a share of what there is. Until the result is in the manifest, [#discard] undoes it.
  ///
  /// @param share how much
  /// @param range holds all entries and range deletions
  /// @param entries what to write, ascending
  /// @param cancelled asked now and then
  /// @return the first key of the range that was left out, or null if everything was written
  byte @Nullable [] writeStep(
      Share share, KeyRange range, EntryCursor entries, BooleanSupplier cancelled)
      throws IOException {
    return writeUpTo(share, range, entries, cancelled);
  }

  private byte @Nullable [] writeUpTo(
      Share share, KeyRange range, EntryCursor entries, BooleanSupplier cancelled)
      throws IOException {
    try (WriteRateLimiter.Turn turn =
        maintenance.limiter().begin(purpose.priority(), purpose.urgency())) {
      return writeUpTo(share, range, entries, new Pace(turn, cancelled));
    }
  }

  /// How fast to write, and whether at all.
  private record Pace(WriteRateLimiter.Turn turn, BooleanSupplier cancelled) {
    void wrote(long bytes) throws CancelledException {
      turn.wrote(bytes, cancelled);
      throwIfCancelled();
    }

    void throwIfCancelled() throws CancelledException {
      if (cancelled.getAsBoolean()) {
        throw new CancelledException();
      }
    }
  }

  private byte @Nullable [] writeUpTo(Share share, KeyRange range, EntryCursor entries, Pace pace)
      throws IOException {
    byte[] last = range.lower();
    long untilAsked = ENTRIES_PER_QUESTION;
    while (entries.next()) {
      if (--untilAsked == 0) {
        pace.throwIfCancelled();
        charge();
        untilAsked = ENTRIES_PER_QUESTION;
      }
      byte[] key = entries.key();
      if (isFull(share) && !Arrays.equals(last, key)) {
        finishRun(deletions.upTo(key), pace);
        if (finished.size() == share.runs()) {
          maintenance.storage().syncDirectory();
          return key;
        }
      }
      add(entries, pace);
      last = key;
    }
    RangeTombstones rest = deletions.upTo(range.upper());
    if (writer != null || !rest.isEmpty()) {
      finishRun(rest, pace);
    }
    maintenance.storage().syncDirectory();
    return null;
  }

  private void add(EntryCursor entry, Pace pace) throws IOException {
    RunWriter open = writer();
    open.add(entry);
    if (entry.valueLength() > LARGE_BYTES_MIN) {
      charge();
    }
    long untold = open.bytes() - told;
    if (untold >= BYTES_PER_TURN) {
      told += untold;
      bytesWritten.addAndGet(untold);
      pace.wrote(untold);
    }
  }

  /// The runs written.
  ///
  /// @return ascending
  List<SharedRun> runs() {
    return List.copyOf(finished);
  }

  /// How much was written so far. *Thread-safe.*
  ///
  /// @return in bytes
  long bytesWritten() {
    return bytesWritten.get();
  }

  private void charge() {
    RunWriter open = writer;
    long bytes = open == null ? 0 : open.memoryBytes();
    maintenance.memory().account(MemoryBudget.Part.MAINTENANCE).charge(bytes - charged);
    charged = bytes;
  }

  private boolean isFull(Share share) {
    return writer != null && writer.bytes() >= share.runBytesTarget();
  }

  private RunWriter writer() throws IOException {
    RunWriter open = writer;
    if (open == null) {
      long fileId = maintenance.ids().takeFileId();
      StorageFile created = maintenance.storage().create(FileFormat.run(fileId));
      fileIds.add(fileId);
      file = created;
      open = new RunWriter(created, identity(fileId), form());
      writer = open;
    }
    return open;
  }

  private RunWriter.Identity identity(long fileId) {
    return new RunWriter.Identity(maintenance.databaseId(), store.id(), fileId);
  }

  private void finishRun(RangeTombstones tombstones, Pace pace) throws IOException {
    RunWriter finishing = writer();
    finishing.rangeTombstones(tombstones);
    RunWriter.Written written = finishing.finish();
    closeFile();
    writer = null;
    charge();
    long fileId = fileIds.getLast();
    RunRecord record = record(fileId, written, tombstones);
    Run run =
        new Run(
            maintenance.storage(),
            identity(fileId),
            maintenance.memory().cache(),
            maintenance.memory().account(MemoryBudget.Part.RUNS));
    warm(run, written);
    finished.add(new SharedRun(record, run, maintenance.whenUnused()));
    long untold = written.fileBytes() - told;
    told = 0;
    bytesWritten.addAndGet(untold);
    pace.wrote(untold);
  }

  /// Before anybody can find the run, for a merge must not make reads slow that were fast.
  private static void warm(Run run, RunWriter.Written written) throws IOException {
    try {
      run.warm(written.cachedLeaves());
    } catch (ResourceExhaustedException e) {
      run.close();
      throw e;
    } catch (IOException e) {
      run.close();
      // No damage to be dealt with: the inputs are sound. The disk does not keep what it is given.
      throw new IOException("the new run " + run.name() + " cannot be read back", e);
    }
  }

  private RunRecord record(long fileId, RunWriter.Written written, RangeTombstones tombstones) {
    RunProperties properties = written.properties();
    return new RunRecord(
            fileId,
            purpose.place(),
            written.fileBytes(),
            properties.entries(),
            properties.tombstones(),
            properties.leastVersion(),
            properties.greatestVersion(),
            bounds(properties, tombstones))
        .withExpiries(properties.expiries());
  }

  private static KeyRange bounds(RunProperties properties, RangeTombstones tombstones) {
    KeyRange bounds = null;
    if (properties.entries() > 0) {
      bounds = new KeyRange(properties.firstKey(), Keys.after(properties.lastKey()));
    }
    for (RangeTombstones.Fragment fragment : tombstones.fragments()) {
      bounds = bounds == null ? fragment.range() : bounds.hull(fragment.range());
    }
    if (bounds == null) {
      throw new IllegalStateException("an empty run was written");
    }
    return bounds;
  }

  private void closeFile() throws IOException {
    StorageFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  /// Deletes everything written. What cannot be deleted is added to the cause; the next start deletes it.
  void discard(Exception cause) {
    writer = null;
    charge();
    finished.forEach(run -> run.run().close());
    try {
      closeFile();
      for (long fileId : fileIds) {
        maintenance.storage().delete(FileFormat.run(fileId));
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
