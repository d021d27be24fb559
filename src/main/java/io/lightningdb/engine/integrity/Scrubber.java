package io.lightningdb.engine.integrity;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.io.Environment;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.log.LogWriter;
import io.lightningdb.engine.log.SegmentScrub;
import io.lightningdb.engine.manifest.Manifest;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.RunScrub;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.PinnedRuns;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads everything on disk again and again, at leisure, so that damage is found before what it has hit is needed.
///
/// A pass reads the runs in the order of their ids, then the sealed segments of the log, then the manifest. What comes
/// to be while it is under way is for the next pass: it was written just now. After a restart the pass goes on with the
/// run in which it was. The file is read through its mapping, so what the operating system has in its cache is taken
/// from there.
///
/// *Confined to one thread*, but for [#stats].
public final class Scrubber {
  /// How often [#work] is to be called, in nanoseconds.
  public static final long PERIOD_NANOS = 250_000_000;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double SHARE_BEHIND = 0.125;
  private static final long STEP_BYTES = 256 << 10;
  private static final long KEEP_NANOS = 60_000_000_000L;

  private final Environment environment;
  private final Files files;
  private final ScrubPace pace;
  private final Circumstances circumstances;
  private final Consumer<CorruptionException> damaged;
  private final Deque<Long> segmentsLeft = new ArrayDeque<>();

  private ScrubProgress progress = ScrubProgress.NEVER;
  private boolean loaded;
  private boolean runsDone;
  private double credit;
  private long workedNanos;
  private long keptNanos;
  private long passBytesAll;
  private long bytesRead;
  private long blocksDamaged;
  private long passesCompleted;
  private Optional<String> problem = Optional.empty();

  // What is being read.
  private @Nullable PinnedRuns pinned;
  private @Nullable RunScrub run;
  private long runFileId;
  private @Nullable SegmentScrub segment;

  // Replaced whole, for others to read.
  private volatile ScrubStats stats;

  /// What is scrubbed.
  ///
  /// @param manifest names the files
  /// @param log the log in use
  /// @param stores the keyspaces of this moment
  public record Files(Manifest manifest, LogWriter log, Supplier<List<KeyspaceStore>> stores) {}

  /// What goes before.
  ///
  /// @param pressure how far flushes and merges are behind, 0 to 1
  /// @param writable false if nothing may be written any more, the progress of the scrubber included
  /// @param closing true if the database is being closed
  public record Circumstances(
      DoubleSupplier pressure, BooleanSupplier writable, BooleanSupplier closing) {}

  /// Prepares scrubbing.
  ///
  /// @param environment the data directory and the time
  /// @param files what is scrubbed
  /// @param pace how fast and how often
  /// @param circumstances what goes before
  /// @param damaged gets each damaged place, on the thread that scrubs
  public Scrubber(
      Environment environment,
      Files files,
      ScrubPace pace,
      Circumstances circumstances,
      Consumer<CorruptionException> damaged) {
    this.environment = environment;
    this.files = files;
    this.pace = pace;
    this.circumstances = circumstances;
    this.damaged = damaged;
    this.workedNanos = environment.clock().nanoTime();
    this.keptNanos = workedNanos;
    this.stats = figures();
  }

  /// What it does and has done. *Thread-safe.*
  ///
  /// @return as of the last call of [#work]
  public ScrubStats stats() {
    return stats;
  }

  private ScrubStats figures() {
    return new ScrubStats(
        pace.bytesPerSecond(),
        bytesRead,
        blocksDamaged,
        passesCompleted,
        progress.isUnderWay(),
        progress.startedMillis(),
        progress.bytes(),
        Math.max(passBytesAll, progress.bytes()),
        progress.damaged(),
        progress.completedMillis(),
        problem);
  }

  /// Reads as much as the time since the last call allows.
  public void work() {
    load();
    long now = environment.clock().nanoTime();
    earn(now - workedNanos);
    workedNanos = now;
    while (credit > 0 && !circumstances.closing().getAsBoolean() && isPassUnderWay()) {
      step();
    }
    if (progress.isUnderWay() && now - keptNanos >= KEEP_NANOS) {
      keep();
    }
    stats = figures();
  }

  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    try {
      progress = ScrubProgress.load(environment.storage(), files.manifest().current().databaseId());
    } catch (IOException e) {
      problem = Optional.of("the progress of earlier passes cannot be read: " + FailureText.of(e));
    }
    if (progress.isUnderWay()) {
      passBytesAll = bytesAll();
    }
  }

  /// No more than a second's worth gathers, so that nothing is read in a rush after a pause.
  private void earn(long nanos) {
    double share = circumstances.pressure().getAsDouble() >= 1 ? SHARE_BEHIND : 1;
    double earned = pace.bytesPerSecond() * share * nanos / NANOS_PER_SECOND;
    credit = Math.min(credit + earned, (double) pace.bytesPerSecond());
  }

  private boolean isPassUnderWay() {
    if (!progress.isUnderWay() && isDue()) {
      begin();
    }
    return progress.isUnderWay();
  }

  /// A pass that seems to have been begun long after now was begun by a clock that was wrong.
  private boolean isDue() {
    long since = environment.clock().millis() - progress.startedMillis();
    return Math.abs(since) >= pace.interval().toMillis();
  }

  private void begin() {
    progress =
        progress.begin(environment.clock().millis(), files.manifest().current().nextIds().fileId());
    runsDone = false;
    passBytesAll = bytesAll();
    keep();
  }

  private long bytesAll() {
    long runs =
        files.stores().get().stream()
            .mapToLong(store -> RunRecord.fileBytes(store.runRecords()))
            .sum();
    return runs + files.log().bytes();
  }

  private void step() {
    long bytes;
    if (!runsDone) {
      bytes = readRuns();
    } else if (segment != null || !segmentsLeft.isEmpty()) {
      bytes = readLog();
    } else {
      bytes = readManifest();
      if (bytes < 0) {
        return;
      }
      complete();
    }
    credit -= bytes;
    bytesRead += bytes;
    progress = progress.read(bytes);
  }

  private void found(CorruptionException damage) {
    blocksDamaged++;
    progress = progress.damaged(1);
    damaged.accept(damage);
  }

  private long readRuns() {
    RunScrub reading = run;
    if (reading == null) {
      reading = nextRun();
    }
    if (reading == null) {
      return 0;
    }
    long bytes = reading.read((long) Math.min(STEP_BYTES, Math.max(1, credit)), this::found);
    if (reading.isDone()) {
      endRun();
    }
    return bytes;
  }

  /// The system has nothing left of what reading takes: the next period tries again.
  private void waitFor(ResourceExhaustedException shortage) {
    problem = Optional.of("a file cannot be read now: " + FailureText.of(shortage));
    credit = 0;
  }

  private void endRun() {
    progress = progress.behind(runFileId);
    letGo();
  }

  private void letGo() {
    run = null;
    PinnedRuns open = pinned;
    pinned = null;
    if (open != null) {
      open.close();
    }
  }

  /// Opens the run with the least id that is due, or ends the reading of runs.
  private @Nullable RunScrub nextRun() {
    Optional<Due> due = nextDue();
    if (due.isEmpty()) {
      runsDone = true;
      segmentsLeft.addAll(files.log().sealedSequences());
      return null;
    }
    runFileId = due.get().fileId();
    try {
      PinnedRuns taken = due.get().store().pinRuns(each -> each.fileId() == runFileId);
      pinned = taken;
      if (taken.runs().isEmpty()) {
        // Merged away since it was chosen.
        endRun();
        return null;
      }
      run = taken.runs().getFirst().run().scrub();
    } catch (CorruptionException e) {
      found(e);
      endRun();
    } catch (KeyspaceGoneException | StoreClosedException _) {
      endRun();
    } catch (ResourceExhaustedException e) {
      // Nothing is known of the file: it is the next again.
      letGo();
      waitFor(e);
    } catch (IOException e) {
      found(unreadable(FileFormat.run(runFileId), e));
      endRun();
    }
    return run;
  }

  private static CorruptionException unreadable(String file, IOException cause) {
    CorruptionException damage =
        new CorruptionException(file, 0, "the file cannot be read: " + FailureText.of(cause));
    damage.initCause(cause);
    return damage;
  }

  /// A run that is to be read.
  private record Due(KeyspaceStore store, long fileId) {}

  private Optional<Due> nextDue() {
    Due least = null;
    for (KeyspaceStore store : files.stores().get()) {
      for (RunRecord record : store.runRecords()) {
        boolean isDue =
            record.fileId() >= progress.nextFileId() && record.fileId() < progress.endFileId();
        if (isDue && (least == null || record.fileId() < least.fileId())) {
          least = new Due(store, record.fileId());
        }
      }
    }
    return Optional.ofNullable(least);
  }

  private long readLog() {
    long bytes = 0;
    SegmentScrub reading = segment;
    long sequence = segmentsLeft.isEmpty() ? 0 : segmentsLeft.getFirst();
    try {
      if (reading == null) {
        reading = new SegmentScrub(environment.storage(), files.log(), sequence);
        segment = reading;
      }
      bytes = reading.read((long) Math.min(STEP_BYTES, Math.max(1, credit)));
      if (!reading.isDone()) {
        return bytes;
      }
    } catch (CorruptionException e) {
      found(e);
    } catch (ResourceExhaustedException e) {
      waitFor(e);
      return 0;
    } catch (IOException e) {
      // Given up meanwhile, because all that it holds is in runs.
      if (files.log().sealedSequences().contains(sequence)) {
        found(unreadable(FileFormat.log(sequence), e));
      }
    }
    endSegment();
    return bytes;
  }

  private void endSegment() {
    SegmentScrub open = segment;
    segment = null;
    segmentsLeft.pollFirst();
    if (open != null) {
      open.close();
    }
  }

  /// Reads the manifest.
  ///
  /// @return bytes read; -1 if the next period has to try again
  private long readManifest() {
    try {
      return files.manifest().check();
    } catch (CorruptionException e) {
      found(e);
    } catch (ResourceExhaustedException e) {
      waitFor(e);
      return -1;
    } catch (IOException e) {
      found(unreadable(FileFormat.MANIFEST, e));
    }
    return 0;
  }

  private void complete() {
    progress = progress.complete(environment.clock().millis());
    passesCompleted++;
    keep();
  }

  /// Keeps the progress for the next process. That it cannot is no failure of the database: a pass is then begun again.
  private void keep() {
    keptNanos = environment.clock().nanoTime();
    if (!circumstances.writable().getAsBoolean()) {
      return;
    }
    try {
      progress.store(environment.storage(), files.manifest().current().databaseId());
      problem = Optional.empty();
    } catch (IOException e) {
      problem = Optional.of("the progress could not be kept: " + FailureText.of(e));
    }
  }

  /// Lets go of what is being read, and keeps the progress. No call of [#work] may follow or be under way.
  public void close() {
    if (!loaded) {
      return;
    }
    if (segment != null) {
      endSegment();
    }
    if (pinned != null) {
      PinnedRuns open = pinned;
      pinned = null;
      run = null;
      open.close();
    }
    if (progress.isUnderWay()) {
      keep();
    }
    stats = figures();
  }
}
