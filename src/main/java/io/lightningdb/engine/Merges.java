package io.lightningdb.engine;

import io.lightningdb.engine.compaction.ClosedRanges;
import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.MergeJob;
import io.lightningdb.engine.compaction.MoveJob;
import io.lightningdb.engine.compaction.QuietKeyspaces;
import io.lightningdb.engine.compaction.SpaceReclaim;
import io.lightningdb.engine.compaction.Throughput;
import io.lightningdb.engine.compaction.WritePriority;
import io.lightningdb.engine.compaction.WriteRateLimiter;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.integrity.Quarantine;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.store.KeyspaceStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Merges that are under way, one step at a time. *Confined to the merging thread*, but for their number.
///
/// A merge of a deep level is long, so a merge of a level above that becomes urgent goes first; the one that it has put off goes
/// on after it. A start forgets all of them: what is left of their inputs is looked at afresh.
final class Merges {
  private static final double URGENT = 2;

  // A merge that somebody waits for is held to the limit of bytes per second all the same.
  private static final double ASKED_FOR = 1;

  // Deletions that came within this time may soon be more, and then worth more.
  private static final long LAST_NANOS = 10_000_000_000L;

  private static final long WINDOW_MILLIS_MIN = 60_000;
  private static final long WINDOWS_PER_LIFE = 16;

  private final Maintenance maintenance;
  private final DatabaseOptions options;
  private final Watch watch;
  private final BooleanSupplier cancelled;
  private final Map<KeyspaceStore, Deque<BegunMerge>> underWay = new HashMap<>();

  // For those who look, each list replaced as a whole; the one at work first.
  private final Map<KeyspaceStore, List<BegunMerge>> shown = new ConcurrentHashMap<>();
  private final Quarantine quarantine;
  private final QuietKeyspaces quiet;

  // What the merges under way were chosen to leave alone.
  private final Map<KeyspaceStore, List<KeyRange>> leftAlone = new HashMap<>();

  /// Where it is noted how fast merges are.
  ///
  /// @param clock measures them
  /// @param throughput gets the figures
  record Watch(Clock clock, Throughput throughput) {}

  Merges(
      Maintenance maintenance,
      DatabaseOptions options,
      Watch watch,
      Quarantine quarantine,
      QuietKeyspaces quiet,
      BooleanSupplier cancelled) {
    this.quarantine = quarantine;
    this.quiet = quiet;
    this.maintenance = maintenance;
    this.options = options;
    this.watch = watch;
    this.cancelled = cancelled;
  }

  /// What to do next in a keyspace.
  ///
  /// @return the most urgent step, or empty if all is as it should be
  Optional<LayoutPolicy.Choice> next(Keyspace keyspace) {
    KeyspaceStore store = keyspace.store();
    Optional<LayoutPolicy.Choice> chosen = choose(keyspace);
    Deque<BegunMerge> begun = underWay.get(store);
    if (begun == null) {
      return chosen;
    }
    LayoutPolicy.Choice current = begun.getFirst().choice();
    boolean goesFirst =
        chosen.isPresent()
            && chosen.get().outputLevel() < current.outputLevel()
            && chosen.get().urgency() >= URGENT;
    return goesFirst ? chosen : Optional.of(current);
  }

  private Optional<LayoutPolicy.Choice> choose(Keyspace keyspace) {
    KeyspaceStore store = keyspace.store();
    var circumstances =
        new LayoutPolicy.Circumstances(
            options.memtableBytesMaxWithinMemory(),
            maintenance.droppableVersion(store),
            maintenance.instantMillis(),
            windowMillis(keyspace));
    List<KeyRange> closed = closedRanges(store);
    if (!closed.isEmpty()) {
      return new ClosedRanges(closed)
          .choose(
              store.runRecords(),
              keyspace.policy(),
              circumstances,
              run -> quarantine.isDamaged(store, run.fileId(), run.bounds()));
    }
    return keyspace
        .policy()
        .choose(store.runRecords(), circumstances)
        .or(() ->
            reclaim(store)
                .flatMap(reclaim ->
                    reclaim.choose(store.runRecords(), keyspace.policy(), circumstances)));
  }

  /// What is merged for the sake of space, though no policy asks for it.
  private Optional<SpaceReclaim> reclaim(KeyspaceStore store) {
    long quietNanos = quiet.quietNanos(store);
    if (maintenance.disk().state().reached()) {
      return Optional.of(quietNanos >= LAST_NANOS ? SpaceReclaim.LAST : SpaceReclaim.URGENT);
    }
    return quietNanos >= FlushScheduler.QUIET_NANOS
        ? Optional.of(SpaceReclaim.QUIET)
        : Optional.empty();
  }

  /// What has to be left alone. Merges that were begun before it was known are forgotten.
  private List<KeyRange> closedRanges(KeyspaceStore store) {
    List<KeyRange> closed = store.closedRanges();
    if (!closed.equals(leftAlone.getOrDefault(store, List.of()))) {
      forget(store);
      leftAlone.put(store, closed);
    }
    return closed;
  }

  /// Makes parts of runs that hold keys which have to be left alone, and others.
  void separate(KeyspaceStore store) throws IOException {
    List<KeyRange> closed = closedRanges(store);
    if (!closed.isEmpty()) {
      new MoveJob(maintenance, store).separate(new ClosedRanges(closed));
    }
  }

  /// A sixteenth of how long entries live: so much longer than needed may they stay on disk.
  private static long windowMillis(Keyspace keyspace) {
    long lifeMillis = keyspace.options().defaultTtl().toMillis();
    return Math.max(WINDOW_MILLIS_MIN, lifeMillis / WINDOWS_PER_LIFE);
  }

  /// Number of merges of a keyspace that were begun and are not done. *Thread-safe.*
  int underWay(KeyspaceStore store) {
    return shown.getOrDefault(store, List.of()).size();
  }

  /// Number of merges of all keyspaces that were begun and are not done. *Thread-safe.*
  int underWay() {
    return shown.values().stream().mapToInt(List::size).sum();
  }

  /// Merges of a keyspace that were begun and are not done. *Thread-safe.*
  List<KeyspaceShape.Compaction> show(KeyspaceStore store) {
    return shown.getOrDefault(store, List.of()).stream().map(BegunMerge::show).toList();
  }

  /// Does one step.
  ///
  /// @param choice as [#next] has just given it
  void step(KeyspaceStore store, LayoutPolicy.Choice choice) throws IOException {
    Deque<BegunMerge> begun = underWay.computeIfAbsent(store, _ -> new ArrayDeque<>());
    BegunMerge current =
        !begun.isEmpty() && begun.getFirst().choice().equals(choice)
            ? begun.removeFirst()
            : BegunMerge.of(choice, watch.clock().millis());
    long start = workNanos();
    double rows = newestLevelRows(choice.inputs());
    try {
      rest(store, current, begun).ifPresent(left -> begun.addFirst(current.with(left)));
    } finally {
      refresh(store, begun);
    }
    Set<Long> files = choice.inputs().stream().map(RunRecord::fileId).collect(Collectors.toSet());
    List<RunRecord> left =
        store.runRecords().stream().filter(run -> files.contains(run.fileId())).toList();
    double merged = (rows - newestLevelRows(left)) * options.memtableBytesMaxWithinMemory();
    watch.throughput().merged(merged, workNanos() - start);
  }

  /// Time without the waits that a limit of bytes per second asked for: they say nothing of how fast merges can be.
  private long workNanos() {
    WriteRateLimiter limiter = maintenance.limiter();
    return watch.clock().nanoTime()
        - limiter.waitNanos(WritePriority.TOP_LEVEL)
        - limiter.waitNanos(WritePriority.REST);
  }

  /// Rows of level 0; a file of which a part is left is a part of a row.
  private static double newestLevelRows(List<RunRecord> runs) {
    List<RunRecord> newest = runs.stream().filter(run -> run.place().level() == 0).toList();
    long rows = newest.stream().map(RunRecord::place).distinct().count();
    double bytes = newest.stream().mapToLong(RunRecord::liveBytes).sum();
    return rows == 0 ? 0 : rows * bytes / Math.max(1, RunRecord.fileBytes(newest));
  }

  private byte @Nullable [] merge(
      KeyspaceStore store, BegunMerge merge, Collection<BegunMerge> others, BooleanSupplier stop)
      throws IOException {
    long begun = watch.clock().nanoTime();
    MergeJob job = new MergeJob(maintenance, store, merge.choice(), stop);
    show(store, merge.at(job), others);
    byte[] from = job.run();
    maintenance.counters().mergeStepLatency().record(watch.clock().nanoTime() - begun);
    return from;
  }

  private void show(KeyspaceStore store, BegunMerge current, Collection<BegunMerge> others) {
    shown.put(store, Stream.concat(Stream.of(current), others.stream()).toList());
  }

  private Optional<LayoutPolicy.Choice> rest(
      KeyspaceStore store, BegunMerge current, Collection<BegunMerge> others) throws IOException {
    LayoutPolicy.Choice choice = current.choice();
    return switch (choice.action()) {
      case MERGE -> {
        byte[] from = merge(store, current, others, cancelled);
        yield from == null ? Optional.empty() : choice.rest(from, store.runRecords());
      }
      case MOVE -> {
        show(store, current, others);
        new MoveJob(maintenance, store).move(choice);
        yield Optional.empty();
      }
    };
  }

  /// Brings what waits up to date with what was done before it.
  private void refresh(KeyspaceStore store, Deque<BegunMerge> begun) {
    List<RunRecord> runs = store.runRecords();
    List<BegunMerge> still = begun.stream().flatMap(merge -> merge.rest(runs).stream()).toList();
    if (still.isEmpty()) {
      forget(store);
    } else {
      underWay.put(store, new ArrayDeque<>(still));
      shown.put(store, still);
    }
  }

  /// Merges all runs of a keyspace into one row.
  ///
  /// @param unwanted asked now and then; what was merged by then stays merged
  void mergeFully(KeyspaceStore store, BooleanSupplier unwanted) throws IOException {
    forget(store);
    try {
      separate(store);
      BooleanSupplier stop = () -> cancelled.getAsBoolean() || unwanted.getAsBoolean();
      for (KeyRange range : new ClosedRanges(closedRanges(store)).open()) {
        mergeIntoOneRow(store, range, stop);
      }
    } finally {
      forget(store);
    }
  }

  private void mergeIntoOneRow(KeyspaceStore store, KeyRange range, BooleanSupplier stop)
      throws IOException {
    byte[] from = range.lower();
    BegunMerge begun = null;
    while (from != null && !stop.getAsBoolean() && maintenance.disk().hasRoomForMerge()) {
      KeyRange rest = new KeyRange(from, range.upper());
      List<RunRecord> all = store.runRecords();
      List<RunRecord> runs = all.stream().filter(run -> run.bounds().overlaps(rest)).toList();
      if (runs.isEmpty()) {
        return;
      }
      int deepest = all.stream().mapToInt(run -> run.place().level()).max().orElse(0);
      LayoutPolicy.Choice choice =
          new LayoutPolicy.Choice(
              LayoutPolicy.Action.MERGE, runs, rest, Math.max(1, deepest), ASKED_FOR);
      begun = begun == null ? BegunMerge.of(choice, watch.clock().millis()) : begun.with(choice);
      from = merge(store, begun, List.of(), stop);
    }
  }

  /// Drops what nobody can see any more without reading it.
  void dropDead(KeyspaceStore store) throws IOException {
    new MoveJob(maintenance, store).dropDead();
  }

  /// Forgets merges of keyspaces that were dropped between two steps.
  void forgetDropped() {
    underWay.keySet().removeIf(KeyspaceStore::isDropped);
    shown.keySet().removeIf(KeyspaceStore::isDropped);
    leftAlone.keySet().removeIf(KeyspaceStore::isDropped);
  }

  /// Forgets merges of a keyspace, which failed or was dropped.
  void forget(KeyspaceStore store) {
    underWay.remove(store);
    shown.remove(store);
  }
}
