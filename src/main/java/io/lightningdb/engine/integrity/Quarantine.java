package io.lightningdb.engine.integrity;

import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.FileFormat;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.integrity.QuarantinedBlock.Finder;
import io.lightningdb.engine.io.Clock;
import io.lightningdb.engine.manifest.RunRecord;
import io.lightningdb.engine.run.RunPart;
import io.lightningdb.engine.store.KeyspaceStore;
import io.lightningdb.engine.store.PinnedRuns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The damaged parts of runs that were met since the database was opened. *Thread-safe.*
///
/// What is damaged is refused by each read of it, again and again; this is the list of it. It also closes the keys
/// around each damaged block to merges ([KeyspaceStore#closedRanges]), so that these go on everywhere else. A block
/// leaves the list when its file, or the part of the file that it stands in, is in use no more.
public final class Quarantine {
  /// Most blocks that are listed, and most whose keys are closed to merges one by one: beyond that a keyspace is closed
  /// as a whole.
  public static final int BLOCKS_MAX = 1000;

  private static final int CLOSED_RANGES_MAX = 16;

  private final Clock clock;
  private final Supplier<List<KeyspaceStore>> stores;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`.
  private final Map<Place, Held> blocks = new LinkedHashMap<>();
  private final Set<Place> metByMerges = new HashSet<>();
  private final Set<KeyspaceStore> closedWhole = new HashSet<>();

  private record Place(String file, long offset) {}

  /// A block with what only merges have to know.
  private record Held(
      QuarantinedBlock block, KeyspaceStore store, long fileId, @Nullable KeyRange closed) {
    /// Whether anybody still finds the block.
    boolean isInUse() {
      return !store.isDropped()
          && store.runRecords().stream()
              .anyMatch(run -> run.fileId() == fileId && run.bounds().overlaps(block.keys()));
    }
  }

  /// An empty list.
  ///
  /// @param clock tells when a block is found
  /// @param stores the keyspaces of this moment
  public Quarantine(Clock clock, Supplier<List<KeyspaceStore>> stores) {
    this.clock = clock;
    this.stores = stores;
  }

  /// Takes damage that was met.
  ///
  /// @param damage where and what
  /// @param by who met it
  /// @return the block, or empty if it is in no run that is in use
  public Optional<QuarantinedBlock> add(CorruptionException damage, Finder by) {
    Place place = new Place(damage.file(), damage.offset());
    lock.lock();
    try {
      Held known = blocks.get(place);
      if (known == null) {
        known = locate(damage, by);
        if (known != null && blocks.size() < BLOCKS_MAX) {
          blocks.put(place, known);
          close(known.store());
        } else if (known != null) {
          closeWhole(known.store());
        }
      }
      return Optional.ofNullable(known).map(Held::block);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Held locate(CorruptionException damage, Finder by) {
    OptionalLong fileId = FileFormat.runFileId(damage.file());
    if (fileId.isEmpty()) {
      return null;
    }
    long id = fileId.getAsLong();
    for (KeyspaceStore store : stores.get()) {
      if (store.runRecords().stream().anyMatch(run -> run.fileId() == id)) {
        return locate(damage, by, store, id);
      }
    }
    return null;
  }

  private @Nullable Held locate(
      CorruptionException damage, Finder by, KeyspaceStore store, long fileId) {
    try (PinnedRuns runs = store.pinRuns(run -> run.fileId() == fileId)) {
      if (runs.runs().isEmpty()) {
        return null;
      }
      RunPart part = runs.runs().getFirst().run().part(damage.offset());
      List<RunRecord> records = runs.runs().stream().map(run -> run.record()).toList();
      KeyRange keys = within(part.keys(), records);
      if (keys == null) {
        return null;
      }
      boolean merged = part.kind() != RunPart.Kind.POINT_INDEX;
      return new Held(
          new QuarantinedBlock(
              store.name(),
              damage.file(),
              damage.offset(),
              part.bytes(),
              keys,
              clock.millis(),
              by,
              damage.reason()),
          store,
          fileId,
          merged ? within(part.nearby(), records) : null);
    } catch (IOException _) {
      // Dropped or closed meanwhile: of no interest any more.
      return null;
    }
  }

  /// What of a range the records of a file are in charge of.
  private static @Nullable KeyRange within(KeyRange keys, List<RunRecord> records) {
    return records.stream()
        .map(record -> record.bounds().intersect(keys))
        .filter(part -> !part.isEmpty())
        .reduce(KeyRange::hull)
        .orElse(null);
  }

  /// Takes damage that a merge has met, although it keeps away from what is closed. A second time at the same place
  /// means that keeping away from it does not help: then the whole keyspace is closed.
  ///
  /// @param store the keyspace that was merged
  /// @param damage where and what
  public void metByMerge(KeyspaceStore store, CorruptionException damage) {
    Optional<QuarantinedBlock> found = add(damage, Finder.COMPACTION);
    lock.lock();
    try {
      boolean first = metByMerges.add(new Place(damage.file(), damage.offset()));
      if (found.isEmpty() || !first || metByMerges.size() > BLOCKS_MAX) {
        closeWhole(store);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Closes all keys of a keyspace to merges, until the database is opened again.
  ///
  /// @param store the keyspace
  private void closeWhole(KeyspaceStore store) {
    lock.lock();
    try {
      closedWhole.add(store);
      store.closeToMerges(List.of(KeyRange.ALL));
    } finally {
      lock.unlock();
    }
  }

  private void close(KeyspaceStore store) {
    if (closedWhole.contains(store)) {
      return;
    }
    List<KeyRange> ranges = new ArrayList<>();
    blocks.values().stream()
        .filter(held -> held.store() == store && held.closed() != null)
        .forEach(held -> addJoined(ranges, held.closed()));
    KeyRange hull = ranges.stream().reduce(KeyRange::hull).orElse(KeyRange.ALL);
    store.closeToMerges(ranges.size() > CLOSED_RANGES_MAX ? List.of(hull) : ranges);
  }

  /// Adds a range; those that it overlaps become one with it.
  private static void addJoined(List<KeyRange> ranges, @Nullable KeyRange added) {
    if (added == null) {
      return;
    }
    KeyRange joined = added;
    for (KeyRange range : List.copyOf(ranges)) {
      if (range.overlaps(joined)) {
        ranges.remove(range);
        joined = joined.hull(range);
      }
    }
    ranges.add(joined);
  }

  /// The blocks.
  ///
  /// @return in the order in which they were found
  public List<QuarantinedBlock> list() {
    lock.lock();
    try {
      forgetUnused();
      return blocks.values().stream().map(Held::block).toList();
    } finally {
      lock.unlock();
    }
  }

  /// Forgets blocks that no reader finds any more, and opens to merges what they have closed.
  public void refresh() {
    lock.lock();
    try {
      forgetUnused();
    } finally {
      lock.unlock();
    }
  }

  private void forgetUnused() {
    closedWhole.removeIf(KeyspaceStore::isDropped);
    Set<KeyspaceStore> changed = new HashSet<>();
    blocks
        .entrySet()
        .removeIf(each -> {
          boolean unused = !each.getValue().isInUse();
          if (unused) {
            changed.add(each.getValue().store());
            metByMerges.remove(each.getKey());
          }
          return unused;
        });
    changed.forEach(this::close);
  }

  /// Whether a file of a keyspace is damaged so that a merge of keys of a range would need what is damaged.
  ///
  /// @param store the keyspace
  /// @param fileId id of the file
  /// @param keys the keys
  /// @return true if so
  public boolean isDamaged(KeyspaceStore store, long fileId, KeyRange keys) {
    lock.lock();
    try {
      return closedWhole.contains(store)
          || blocks.values().stream()
              .anyMatch(held ->
                  held.store() == store
                      && held.fileId() == fileId
                      && held.closed() != null
                      && held.closed().overlaps(keys));
    } finally {
      lock.unlock();
    }
  }
}
