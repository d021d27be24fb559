package io.lightningdb.engine;

import io.lightningdb.engine.cache.CallerMemory;
import io.lightningdb.engine.cache.MemoryBudget;
import io.lightningdb.engine.cache.MemoryLease;
import io.lightningdb.engine.cache.MemoryRefusedException;
import io.lightningdb.engine.commit.CommitLatency;
import io.lightningdb.engine.commit.CommitPipeline;
import io.lightningdb.engine.commit.ConditionFailedException;
import io.lightningdb.engine.commit.ConflictException;
import io.lightningdb.engine.commit.Footprint;
import io.lightningdb.engine.commit.SwitchedOffException;
import io.lightningdb.engine.compaction.DiskGuard;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.WriteRateLimiter;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.io.DeadlineException;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.log.AppendMode;
import io.lightningdb.engine.log.LogWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The way of every write into the engine: whether it is let in, its commit, the wait for stable storage, and what its
/// size starts in the background. *Thread-safe*; runs on the thread of the writer: [Keyspace], [Database],
/// [Transaction].
///
/// Limits, read-only state, the reserve of the disk and back-pressure are checked here and nowhere else. What it uses
/// of the others is taken into fields once, because every write passes.
final class WritePath {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  // What is smaller is let in without asking: no number of threads exceeds a bound by much with it.
  private static final int LARGE_BYTES_MIN = 256 << 10;

  private final Core core;
  private final Availability availability;
  private final DatabaseOptions options;
  private final Failures failures;
  private final Clock clock;
  private final MemoryBudget memory;
  private final LogWriter log;
  private final DiskGuard disk;
  private final WriteRateLimiter limiter;
  private final CommitPipeline pipeline;
  private final WriteGate gate;
  private final Background background;
  private final CommitLatency latency;
  private final LongAdder refusedForDisk = new LongAdder();

  /// Connects the parts that a write passes.
  ///
  /// @param gate where writes wait for flushes and merges
  /// @param background is woken for what writes make necessary
  WritePath(
      Core core,
      Maintenance maintenance,
      CommitPipeline pipeline,
      WriteGate gate,
      Background background) {
    this.core = core;
    this.availability = core.availability();
    this.options = core.options();
    this.failures = core.failures();
    this.clock = core.clock();
    this.memory = core.memory();
    this.log = core.log();
    this.disk = maintenance.disk();
    this.limiter = maintenance.limiter();
    this.pipeline = pipeline;
    this.gate = gate;
    this.background = background;
    this.latency = new CommitLatency(core.visible(), core.environment().clock());
  }

  /// Commits a batch, timed.
  ///
  /// @param durability what the commit has survived when this returns
  /// @return version of the commit
  long write(WriteBatch batch, Durability durability) {
    long begun = commitBegins(durability);
    try (MemoryLease room = admit(batch)) {
      CommitPipeline.Result result =
          pipeline.commit(batch.writer(), batch.conditions(), mode(durability));
      giveBack(room);
      batch.observed(result.observed());
      long version = finish(batch, result, durability);
      commitEnds(durability, begun);
      return version;
    } catch (ConditionFailedException e) {
      throw Failures.ofCondition(e);
    } catch (SwitchedOffException _) {
      throw availability.switchedOff();
    } catch (IOException e) {
      throw failed(e);
    } catch (RuntimeException | Error e) {
      failIfStuck();
      throw e;
    }
  }

  /// Commits, durably, what the program has to remember of having switched writes off: the switch and the reserve of
  /// the disk do not hold for it, a storage failure does.
  ///
  /// @return version of the commit
  long writeWhileSwitchedOff(WriteBatch batch) {
    availability.throwIfClosed();
    failures.throwIfReadOnly();
    checkLimits(batch);
    batch.writer().finish(clock.millis());
    try {
      CommitPipeline.Result result =
          pipeline.commitWhileSwitchedOff(batch.writer(), mode(Durability.SYNCED));
      return finish(batch, result, Durability.SYNCED);
    } catch (IOException e) {
      throw failed(e);
    } catch (RuntimeException | Error e) {
      failIfStuck();
      throw e;
    }
  }

  /// The log had no space for another segment: what makes some is under way.
  private EngineException failed(IOException cause) {
    if (cause instanceof ResourceExhaustedException shortage) {
      background.wakeLogPrepare();
      if (shortage.resource() == ResourceExhaustedException.Resource.SPACE) {
        DiskGuard.State now = disk.state();
        refusedForDisk.increment();
        return new EngineException.DiskReserveReached(
            "the log has no space for another segment, and writes wait",
            now.resumeBytes(),
            now.availableBytes());
      }
    }
    return failures.ofWrite(cause);
  }

  /// Commits a transaction. What is to survive more than the death of the process has to wait by [#awaitDurable].
  ///
  /// @param footprint what no other commit may have changed
  /// @return version of the commit
  long write(WriteBatch batch, Footprint footprint, Durability durability) {
    try (MemoryLease _ = admit(batch)) {
      CommitPipeline.Result result = pipeline.commit(batch.writer(), footprint, mode(durability));
      committed(batch, result);
      if (batch.writer().deletesRanges()) {
        background.rangeDeleted();
      }
      return result.version();
    } catch (ConflictException e) {
      throw new EngineException.TransactionConflict(e.keyspace(), e.key());
    } catch (SwitchedOffException _) {
      throw availability.switchedOff();
    } catch (IOException e) {
      throw failed(e);
    } catch (RuntimeException | Error e) {
      failIfStuck();
      throw e;
    }
  }

  /// A commit that ended in the middle stops all writes now, and not when the next one comes: others wait for it.
  private void failIfStuck() {
    Optional.ofNullable(log.failure())
        .or(() -> Optional.ofNullable(pipeline.failure()))
        .ifPresent(core::writeFailed);
  }

  /// A commit begins to be timed, if it shall be.
  ///
  /// @return for [#commitEnds]
  long commitBegins(Durability durability) {
    return latency.begin(mode(durability));
  }

  void commitEnds(Durability durability, long begun) {
    latency.end(mode(durability), begun);
  }

  /// Waits until a commit, and all before it, are durable.
  void awaitDurable(long version) {
    try {
      log.awaitDurable(version);
    } catch (DeadlineException e) {
      throw new EngineException.OutcomeUnknown(version, e);
    } catch (IOException e) {
      throw failures.ofWrite(e);
    }
  }

  /// How long commits took.
  CommitLatency latency() {
    return latency;
  }

  /// Writes that were refused because the reserve of the disk was reached.
  long refusedForDisk() {
    return refusedForDisk.sum();
  }

  private static AppendMode mode(Durability durability) {
    return durability == Durability.SYNCED ? AppendMode.WRITE : AppendMode.STORE;
  }

  /// Lets a batch in, or refuses it before anything is changed.
  ///
  /// @return for a large batch, what it holds until it is in the memtables; else null
  private @Nullable MemoryLease admit(WriteBatch batch) {
    availability.throwIfClosed();
    availability.throwIfWritesAreRefused();
    EngineException.DeadlineExceeded.throwIfPast("a write");
    checkLimits(batch);
    checkDisk(batch);
    MemoryLease room = batch.bytes() < LARGE_BYTES_MIN ? null : room(batch);
    boolean admitted = false;
    try {
      gate.pass(batch.bytes());
      availability.throwIfClosed();
      availability.throwIfWritesAreRefused();
      checkDisk(batch);
      batch.writer().finish(clock.millis());
      admitted = true;
      return room;
    } finally {
      if (!admitted) {
        giveBack(room);
      }
    }
  }

  private MemoryLease room(WriteBatch batch) {
    MemoryLease room = memory.writing().lease(options.writeWaitMax().toNanos());
    MemoryLease ofCaller = MemoryLease.current();
    if (ofCaller != null) {
      room.ownedBy(ofCaller.owner());
    }
    try {
      room.take(CallerMemory.Use.INCOMING, batch.bytes());
      return room;
    } catch (MemoryRefusedException _) {
      EngineException.DeadlineExceeded.throwIfPast("a write that waits for other large ones");
      throw new EngineException.Overloaded(
          "other large writes are on their way into memory", RETRY_AFTER);
    }
  }

  private static void giveBack(@Nullable MemoryLease room) {
    if (room != null) {
      room.close();
    }
  }

  private void checkLimits(WriteBatch batch) {
    if (batch.bytes() > options.batchBytesMax()) {
      throw new EngineException.LimitExceeded(
          "batch-bytes-max", options.batchBytesMax(), batch.bytes());
    }
    int value = batch.writer().valueBytesLargest();
    if (value > options.valueBytesMax()) {
      throw new EngineException.LimitExceeded("value-bytes-max", options.valueBytesMax(), value);
    }
  }

  private void checkDisk(WriteBatch batch) {
    DiskGuard.State now = disk.state();
    if (now.reached() && batch.writer().puts()) {
      refusedForDisk.increment();
      throw new EngineException.DiskReserveReached(
          "writes of new data are refused", now.resumeBytes(), now.availableBytes());
    }
  }

  private long finish(WriteBatch batch, CommitPipeline.Result result, Durability durability) {
    committed(batch, result);
    if (durability == Durability.SYNCED) {
      awaitDurable(result.version());
    }
    if (batch.writer().deletesRanges()) {
      background.rangeDeleted();
    }
    return result.version();
  }

  private void committed(WriteBatch batch, CommitPipeline.Result result) {
    limiter.userWrote(batch.bytes());
    if (result.frozen()) {
      background.wakeFlush();
    }
    if (memory.takeFlushWanted()) {
      background.wakeFlush();
    }
    if (log.isNextMissing()) {
      background.wakeLogPrepare();
    }
  }
}
