package io.lightningdb.engine;

import io.lightningdb.engine.compaction.CancelledException;
import io.lightningdb.engine.compaction.LayoutPolicy;
import io.lightningdb.engine.compaction.Maintenance;
import io.lightningdb.engine.compaction.QuietKeyspaces;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.io.ResourceExhaustedException;
import io.lightningdb.engine.store.KeyspaceGoneException;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.StoreClosedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Decides what is merged when, and merges: step by step, each time the most urgent of all keyspaces, and full merges that somebody
/// waits for before all others. *Thread-safe.*
///
/// [Background] calls it on the merging thread, [ManualCompaction] on those of its callers. Damage found by a merge
/// closes the keys around it to merges ([io.lightningdb.engine.integrity.Quarantine]): what holds them stays as it is,
/// and everything else goes on.
final class MergeScheduler {
  private final Core core;
  private final Maintenance maintenance;
  private final KeyspaceCatalog keyspaces;
  private final BooleanSupplier closing;
  private final Runnable wake;
  private final Merges merges;
  private final Map<KeyspaceStore, FullMerge> fullMerges = new ConcurrentHashMap<>();

  // Confined to the merging thread: the system refuses what the next step takes, too.
  private @Nullable ResourceExhaustedException refused;

  // A range was deleted, and what it covers was not looked at since the log was last synced.
  private volatile boolean dropsWanted;

  /// Makes one that has nothing to do yet.
  ///
  /// @param quiet tells since when nothing was written to a keyspace
  /// @param closing whether the end has begun, so that work is given up
  /// @param wake starts the merging thread
  MergeScheduler(
      Core core,
      Maintenance maintenance,
      KeyspaceCatalog keyspaces,
      QuietKeyspaces quiet,
      BooleanSupplier closing,
      Runnable wake) {
    this.core = core;
    this.maintenance = maintenance;
    this.keyspaces = keyspaces;
    this.closing = closing;
    this.wake = wake;
    this.merges =
        new Merges(
            maintenance,
            core.options(),
            new Merges.Watch(core.environment().clock(), core.throughput()),
            core.failures().quarantine(),
            quiet,
            closing);
  }

  private boolean isStopped() {
    return closing.getAsBoolean() || core.failures().writeFailure().isPresent();
  }

  /// A range was deleted: what it covers can go once the deletion is durable.
  void rangeDeleted() {
    dropsWanted = true;
  }

  /// Whether a range was deleted and not looked at since it became durable.
  boolean areDropsWanted() {
    return dropsWanted;
  }

  /// Does all merges that are due, the most urgent first. *Confined to the merging thread.*
  void run() {
    dropsWanted = !maintenance.isAllDurable();
    core.failures().quarantine().refresh();
    refused = null;
    for (Keyspace keyspace : keyspaces.all()) {
      dropDead(keyspace.store());
    }
    while (!isStopped() && refused == null && mergeNext()) {
      core.room().changed();
    }
    endRefused();
    core.room().changed();
  }

  /// Full merges that are waited for are told why they are not done; the others are tried again.
  private void endRefused() {
    ResourceExhaustedException why = refused;
    if (why != null) {
      fullMerges.values().forEach(asked -> asked.done().complete(Optional.of(why)));
      fullMerges.clear();
    }
  }

  /// One step of the most urgent merge there is.
  ///
  /// @return false if there was none
  private boolean mergeNext() {
    merges.forgetDropped();
    Urgent urgent = null;
    for (Keyspace keyspace : keyspaces.all()) {
      KeyspaceStore store = keyspace.store();
      guard(store, () -> merges.separate(store));
      mergeFullyIfAsked(store);
      Optional<LayoutPolicy.Choice> choice = choose(keyspace);
      if (choice.isPresent()
          && (urgent == null || choice.get().urgency() > urgent.choice().urgency())) {
        urgent = new Urgent(store, choice.get());
      }
    }
    if (urgent == null) {
      return false;
    }
    Urgent chosen = urgent;
    guard(chosen.store(), () -> merges.step(chosen.store(), chosen.choice()));
    return true;
  }

  /// A full merge that somebody waits for, and no longer wants when `cancelled` says so.
  ///
  /// @param done ends with what the system refused, if that kept it from being done
  private record FullMerge(
      CompletableFuture<Optional<ResourceExhaustedException>> done, BooleanSupplier cancelled) {}

  private record Urgent(KeyspaceStore store, LayoutPolicy.Choice choice) {}

  private Optional<LayoutPolicy.Choice> choose(Keyspace keyspace) {
    KeyspaceStore store = keyspace.store();
    boolean leftAlone = isStopped() || store.isDropped();
    return leftAlone ? Optional.empty() : merges.next(keyspace).filter(this::hasRoom);
  }

  private boolean hasRoom(LayoutPolicy.Choice choice) {
    return choice.action() == LayoutPolicy.Action.MOVE || maintenance.disk().hasRoomForMerge();
  }

  private void dropDead(KeyspaceStore store) {
    if (!isStopped()) {
      guard(store, () -> dropUnlessDamaged(store));
    }
  }

  /// Damage of what tells which runs are dead keeps them, and closes nothing.
  private void dropUnlessDamaged(KeyspaceStore store) throws IOException {
    try {
      merges.dropDead(store);
    } catch (CorruptionException e) {
      core.failures().damaged(e, Finder.COMPACTION);
    }
  }

  private void mergeFullyIfAsked(KeyspaceStore store) {
    FullMerge asked = fullMerges.remove(store);
    if (asked == null) {
      return;
    }
    try {
      guard(store, () -> merges.mergeFully(store, asked.cancelled()));
    } finally {
      asked.done().complete(Optional.ofNullable(refused));
      core.room().changed();
    }
  }

  /// Work that may fail like any other.
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  /// Does some work on runs.
  private void guard(KeyspaceStore store, Work work) {
    try {
      work.run();
    } catch (CancelledException | KeyspaceGoneException | StoreClosedException _) {
      merges.forget(store);
    } catch (CorruptionException e) {
      core.failures().damaged(e, Finder.COMPACTION);
      core.failures().quarantine().metByMerge(store, e);
      merges.forget(store);
    } catch (ResourceExhaustedException e) {
      refused = e;
      core.shortageMet(e);
      merges.forget(store);
    } catch (UncheckedIOException e) {
      // A page under a key or a value that was shown and could not be copied.
      guard(
          store,
          () -> {
            throw e.getCause();
          });
    } catch (IOException e) {
      core.writeFailed(e);
    }
  }

  /// Asks for a full merge and waits until it is done, has failed or was cancelled; [Failures] tells which. What is closed
  /// to merges is left out.
  ///
  /// @param cancelled asked now and then whether to stop
  /// @return what the system refused, so that it is not done and may be asked for again
  Optional<ResourceExhaustedException> mergeFully(KeyspaceStore store, BooleanSupplier cancelled) {
    FullMerge mine = new FullMerge(new CompletableFuture<>(), cancelled);
    FullMerge asked = fullMerges.computeIfAbsent(store, _ -> mine);
    Optional<ResourceExhaustedException> refusal = awaitMerge(store, asked);
    if (!asked.equals(mine) && asked.cancelled().getAsBoolean() && !isStopped()) {
      // Somebody else asked for the same merge, and did not want it any more.
      return awaitMerge(store, fullMerges.computeIfAbsent(store, _ -> mine));
    }
    return refusal;
  }

  private Optional<ResourceExhaustedException> awaitMerge(KeyspaceStore store, FullMerge asked) {
    wake.run();
    core.room()
        .await(() -> asked.done().isDone() || isStopped() || store.isDropped(), Long.MAX_VALUE);
    if (store.isDropped()) {
      // Merges ask the keyspaces that exist: nobody else would take this out.
      fullMerges.remove(store);
    }
    return asked.done().getNow(Optional.empty());
  }

  /// Number of merges of all keyspaces that were begun and are not done.
  int underWay() {
    return merges.underWay();
  }

  int underWay(KeyspaceStore store) {
    return merges.underWay(store);
  }

  /// Merges of a keyspace that were begun and are not done.
  List<KeyspaceShape.Compaction> show(KeyspaceStore store) {
    return merges.show(store);
  }
}
