package io.lightningdb.engine.run;

import io.lightningdb.engine.cache.ReadPurpose;
import io.lightningdb.engine.cursor.RangeTombstones;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.format.KeyHash;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.format.RunFormat;
import io.lightningdb.engine.format.RunProperties;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;

/// Checks that all parts of a run verify and agree with each other. *Confined to one thread.*
public final class RunCheck {
  private final RunBlocks run;
  private final ReadAhead ahead;
  private final RunProperties properties;
  private final Faults faults;

  private long entries;
  private long deletions;
  private final ExpiryHistogram expiries = new ExpiryHistogram();
  private long keys;
  private long leastVersion = Long.MAX_VALUE;
  private long greatestVersion;
  private byte[] key = new byte[0];
  private long version;

  // Whether the point index can be held to knowing all keys: a damaged page is one fault, not one
  // for each of its keys.
  private boolean pointIndexWhole;

  RunCheck(RunBlocks run, Faults faults) {
    this.run = run;
    this.ahead = run.readAhead(ReadPurpose.CHECK);
    this.properties = run.properties();
    this.faults = faults;
  }

  /// Collects what is wrong.
  public interface Faults extends Consumer<CorruptionException> {
    /// Takes one fault.
    ///
    /// @param fault where and what
    default void add(CorruptionException fault) {
      accept(fault);
    }
  }

  long run() throws IOException {
    checkIndex();
    checkPointIndex();
    boolean complete = true;
    for (int number = 0; number < properties.leaves(); number++) {
      try {
        run.recheckBlock(number, RunFormat.LEAF, ahead);
        checkLeaf(number);
      } catch (CorruptionException e) {
        faults.add(e);
        complete = false;
      }
    }
    if (complete) {
      checkTotals();
    }
    return entries;
  }

  private void fault(long position, String reason) {
    faults.add(new CorruptionException(run.name(), position, reason));
  }

  private void checkLeaf(int number) throws IOException {
    Leaf leaf = run.leaf(number, ReadPurpose.CHECK);
    try {
      for (int slot = 0; slot < leaf.count(); slot++) {
        EntryHeader entry = leaf.entry(slot);
        byte[] next = leaf.key(entry);
        checkOrder(number, next, entry);
        checkSearch(number, slot, next);
        count(next, entry);
      }
    } catch (IndexOutOfBoundsException e) {
      throw run.malformed(number, e);
    }
  }

  private void checkOrder(int number, byte[] next, EntryHeader entry) {
    int order = entries == 0 ? -1 : Arrays.compareUnsigned(key, next);
    if (order > 0 || (order == 0 && entry.version() >= version)) {
      fault(run.blockPosition(number), "entries are out of order");
    }
    if (entry.kind() != Operation.PUT && entry.kind() != Operation.DELETE) {
      fault(run.blockPosition(number), "an entry is of kind " + entry.kind());
    }
  }

  /// The first entry of each leaf must be where the ordered index says, and the newest entry of each key where the
  /// point index says.
  private void checkSearch(int number, int slot, byte[] next) throws IOException {
    boolean newKey = entries == 0 || !Arrays.equals(key, next);
    if (!newKey) {
      return;
    }
    if (slot == 0 && run.leafFor(next) != number) {
      fault(run.blockPosition(number), "the ordered index does not lead to this leaf");
    }
    if (pointIndexWhole && !isInPointIndex(number, slot, next)) {
      fault(run.blockPosition(number), "the point index does not know a key of this leaf");
    }
  }

  private boolean isInPointIndex(int number, int slot, byte[] next) throws IOException {
    long hash = KeyHash.of(next);
    long buckets = properties.pointIndex().buckets();
    long bucket = RunFormat.bucket(hash, buckets);
    int location = (number << properties.pointIndex().slotBits()) | slot;
    for (long probes = 0; probes < buckets; probes++) {
      long place = run.bucketPlace(bucket);
      for (int cell = 0; cell < RunFormat.BUCKET_CELLS; cell++) {
        int fingerprint = run.fingerprint(place, cell);
        if (fingerprint == 0) {
          return false;
        }
        if (fingerprint == RunFormat.fingerprint(hash) && run.location(place, cell) == location) {
          return true;
        }
      }
      bucket = bucket + 1 == buckets ? 0 : bucket + 1;
    }
    return false;
  }

  private void count(byte[] next, EntryHeader entry) {
    keys += entries == 0 || !Arrays.equals(key, next) ? 1 : 0;
    entries++;
    deletions += entry.kind() == Operation.DELETE ? 1 : 0;
    expiries.add(entry.expiryMillis());
    countVersion(entry.version());
    key = next;
    version = entry.version();
  }

  private void countVersion(long counted) {
    leastVersion = Math.min(leastVersion, counted);
    greatestVersion = Math.max(greatestVersion, counted);
  }

  private void checkIndex() throws IOException {
    int first = properties.leaves();
    for (int number = first; number < first + properties.indexBlocks(); number++) {
      try {
        run.recheckBlock(number, RunFormat.INDEX, ahead);
        checkSeparators(number, run.indexBlock(number));
      } catch (CorruptionException e) {
        faults.add(e);
      }
    }
  }

  private void checkSeparators(int number, IndexBlock block) throws IOException {
    try {
      for (int i = 1; i < block.count(); i++) {
        // Equal ones stand before leaves that go on with the versions of one key.
        if (Arrays.compareUnsigned(block.separator(i - 1), block.separator(i)) > 0) {
          fault(run.blockPosition(number), "separators are out of order");
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw run.malformed(number, e);
    }
  }

  private void checkPointIndex() throws IOException {
    pointIndexWhole = properties.pointIndex().buckets() > 0;
    for (int page = 0; page < properties.pointIndex().pages(); page++) {
      try {
        run.recheckPage(page, ahead);
      } catch (CorruptionException e) {
        faults.add(e);
        pointIndexWhole = false;
      }
    }
  }

  private void checkTotals() {
    for (RangeTombstones.Fragment fragment : run.rangeTombstones().fragments()) {
      Arrays.stream(fragment.versions()).forEach(this::countVersion);
    }
    boolean agrees =
        entries == properties.entries()
            && deletions == properties.tombstones()
            && keys == properties.keys()
            && expiries.summary().equals(properties.expiries())
            && leastVersion == properties.leastVersion()
            && greatestVersion == properties.greatestVersion();
    if (!agrees) {
      fault(0, "the properties of the run do not describe its entries");
    }
  }
}
