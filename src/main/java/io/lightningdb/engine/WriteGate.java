package io.lightningdb.engine;

import io.lightningdb.engine.compaction.Backpressure;
import io.lightningdb.engine.compaction.Room;
import io.lightningdb.engine.compaction.Throughput;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.memtable.Memtable;
import io.lightningdb.engine.store.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Where writes wait while flushes and merges are behind: each as long as its size asks for, and longer only when there
/// is no more room. *Thread-safe.*
final class WriteGate {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final long LOOK_AGAIN_NANOS = 1_000_000;
  private static final long BURST_NANOS = 2_000_000;

  private final DatabaseOptions options;
  private final Room room;
  private final Shortages shortages;
  private final Clock clock;
  private final Throughput throughput;
  private final IntFunction<@Nullable Keyspace> keyspaces;
  private final BooleanSupplier stopped;
  private final Runnable wake;
  private final DoubleSupplier memtables;

  // Spares writes the question of how far behind flushes and merges are: only a new frozen
  // memtable,
  // or other options, can put them behind.
  private volatile boolean mayBeBehind = true;

  // The keyspaces with a backlog worth a look, by their ids: however many others there are, nobody
  // looks at them.
  private final Set<Integer> suspects = ConcurrentHashMap.newKeySet();
  private final LongAdder looks = new LongAdder();

  private volatile Behind behind = new Behind(0, 0);
  private volatile long lookedNanos;

  // When the bytes let in so far will have been worked off.
  private final AtomicLong freeNanos = new AtomicLong();

  /// How far what is behind, each 0 to 1.
  record Behind(double flushes, double merges) {
    double most() {
      return Math.max(flushes, merges);
    }

    Room.Cause cause() {
      return flushes >= merges ? Room.Cause.FLUSHES : Room.Cause.MERGES;
    }
  }

  /// Makes an open gate.
  ///
  /// @param shortages what flushes and merges wait for themselves
  /// @param keyspaces finds keyspaces by id
  /// @param stopped whether it makes no sense to wait any longer
  /// @param wake starts flushes and merges
  /// @param memtables how far the memtables of all keyspaces are towards what memory there is for them, 0 to 1
  WriteGate(
      DatabaseOptions options,
      Room room,
      Shortages shortages,
      Clock clock,
      Throughput throughput,
      IntFunction<@Nullable Keyspace> keyspaces,
      BooleanSupplier stopped,
      Runnable wake,
      DoubleSupplier memtables) {
    this.options = options;
    this.room = room;
    this.shortages = shortages;
    this.clock = clock;
    this.throughput = throughput;
    this.keyspaces = keyspaces;
    this.stopped = stopped;
    this.wake = wake;
    this.memtables = memtables;
  }

  /// A memtable of a keyspace was frozen, or how many rows it may have was changed.
  ///
  /// @param keyspaceId its id
  void mayBeBehind(int keyspaceId) {
    suspects.add(keyspaceId);
    mayBeBehind = true;
  }

  /// Number of backlogs looked at since the opening.
  long looks() {
    return looks.sum();
  }

  /// How far flushes and merges are behind.
  ///
  /// @return as of now
  Behind behind() {
    return look();
  }

  /// Lets a write in, after a wait if need be. Whether the engine was stopped meanwhile is for the caller to ask.
  ///
  /// @param bytes size of the write
  /// @throws EngineException.Overloaded if there is no room after the longest wait allowed
  /// @throws EngineException.DeadlineExceeded if there is no room before the deadline of the caller
  void pass(long bytes) {
    if (!mayBeBehind && memtables.getAsDouble() == 0) {
      return;
    }
    Behind now = recent();
    if (now.most() == 0) {
      mayBeBehind = look().most() > 0;
      return;
    }
    if (now.most() >= 1) {
      awaitRoom(now.cause());
    } else {
      slowDown(now, bytes);
    }
  }

  private void awaitRoom(Room.Cause cause) {
    wake.run();
    boolean caughtUp =
        room.awaitForWrite(
            cause,
            () -> stopped.getAsBoolean() || shortages.isMet() || look().most() < 1,
            Deadline.bound(options.writeWaitMax().toNanos()));
    if (!stopped.getAsBoolean() && look().most() >= 1) {
      // Flushes and merges wait for the system: so there is nothing here to wait for.
      shortages.throwIfMet();
    }
    if (!caughtUp) {
      EngineException.DeadlineExceeded.throwIfPast(
          "a write that waits for flushes and compactions");
      throw overloaded();
    }
  }

  private EngineException.Overloaded overloaded() {
    return new EngineException.Overloaded(
        "flushes or compactions are behind, and the write would have to wait longer than "
            + options.writeWaitMax(),
        RETRY_AFTER);
  }

  /// Its turn comes behind its deadline: told at once, so that it takes no other one's place.
  private static EngineException tooLate() {
    Deadline deadline = Deadline.current();
    if (deadline == null) {
      throw new IllegalStateException("there is no deadline");
    }
    return new EngineException.DeadlineExceeded(
        "a write that waits for flushes and compactions", deadline.timeout());
  }

  private void slowDown(Behind now, long bytes) {
    long nanos = reserve(now, bytes);
    if (nanos > BURST_NANOS) {
      room.awaitForWrite(now.cause(), stopped, nanos);
    }
  }

  /// Takes the next place in the queue.
  ///
  /// @return how long to wait for it
  private long reserve(Behind now, long bytes) {
    long cost = (long) (bytes * 1e9 / rate(now));
    while (true) {
      long time = clock.nanoTime();
      long free = freeNanos.get();
      long start = free - time > 0 ? free : time;
      if (start - time > options.writeWaitMax().toNanos()) {
        throw overloaded();
      }
      if (start - time > Deadline.bound(Long.MAX_VALUE)) {
        throw tooLate();
      }
      if (freeNanos.compareAndSet(free, start + cost)) {
        return start - time;
      }
    }
  }

  private double rate(Behind now) {
    double rate = Double.MAX_VALUE;
    if (now.flushes() > 0) {
      rate = Backpressure.bytesPerSecond(now.flushes(), throughput.flushed());
    }
    if (now.merges() > 0) {
      rate = Math.min(rate, Backpressure.bytesPerSecond(now.merges(), throughput.merged()));
    }
    return Math.max(1, rate);
  }

  private Behind recent() {
    return clock.nanoTime() - lookedNanos < LOOK_AGAIN_NANOS ? behind : look();
  }

  /// How urgent flushes and merges are, whether or not they are behind yet.
  ///
  /// @return 0 to 1, which it is from where writes are slowed down
  double pressure() {
    double most = memtables.getAsDouble() > 0 ? 1 : 0;
    for (Keyspace keyspace : suspected()) {
      most = Math.max(most, Backpressure.pressure(backlog(keyspace), bounds(keyspace)));
    }
    return most;
  }

  /// Forgets keyspaces that cannot be behind before another memtable of theirs is frozen.
  ///
  /// @return the others
  private List<Keyspace> suspected() {
    List<Keyspace> found = new ArrayList<>();
    for (int id : Set.copyOf(suspects)) {
      looks.increment();
      Keyspace keyspace = keyspaces.apply(id);
      if (keyspace == null) {
        suspects.remove(id);
      } else if (isCalm(keyspace)) {
        suspects.remove(id);
        if (!isCalm(keyspace)) {
          // A memtable was frozen between the look and the removal.
          suspects.add(id);
        }
      } else {
        found.add(keyspace);
      }
    }
    return found;
  }

  /// Whether there is nothing to wait for, and would not be if the active memtable were full.
  private boolean isCalm(Keyspace keyspace) {
    Backpressure.Backlog now = backlog(keyspace);
    Backpressure.Backlog most = new Backpressure.Backlog(now.memtablesFrozen(), 1, now.rows());
    return Backpressure.pressure(most, bounds(keyspace)) == 0;
  }

  private Backpressure.Backlog backlog(Keyspace keyspace) {
    View view = keyspace.store().peek();
    Memtable active = view.active();
    return new Backpressure.Backlog(
        view.frozen().size(),
        (double) active.bytes() / options.memtableBytesMaxWithinMemory(),
        keyspace.store().newestLevelRows());
  }

  private Backpressure.Bounds bounds(Keyspace keyspace) {
    return new Backpressure.Bounds(options.memtablesFrozenMax(), keyspace.policy().rowsBehind());
  }

  private Behind look() {
    double flushes = memtables.getAsDouble();
    double merges = 0;
    for (Keyspace keyspace : suspected()) {
      Backpressure.Backlog backlog = backlog(keyspace);
      Backpressure.Bounds bounds = bounds(keyspace);
      flushes = Math.max(flushes, Backpressure.flushBacklog(backlog, bounds));
      merges = Math.max(merges, Backpressure.compactionBacklog(backlog, bounds));
    }
    Behind found = new Behind(flushes, merges);
    behind = found;
    lookedNanos = clock.nanoTime();
    return found;
  }
}
