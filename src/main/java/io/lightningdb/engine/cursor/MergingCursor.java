package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.Keys;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// Several sources as one. *Confined to one thread.*
///
/// Two ways of merging: [#newestOf] shows each key once, from the first source that has it; [#all] shows every version
/// of every key, newest first.
///
/// The sources that have something left form a binary heap. Most comparisons end at the heads of the keys, the first
/// eight bytes as one number.
public final class MergingCursor implements EntryCursor {
  private final EntryCursor[] sources;
  private final boolean reverse;
  private final boolean everyVersion;

  // The head of each source's key, turned so that signed comparison puts what comes first first.
  private final long[] heads;

  // Numbers of sources, the one that is shown at 0.
  private final int[] heap;
  private int alive;
  private boolean started;

  private MergingCursor(List<EntryCursor> sources, boolean reverse, boolean everyVersion) {
    this.sources = sources.toArray(EntryCursor[]::new);
    this.heads = new long[this.sources.length];
    this.heap = new int[this.sources.length];
    this.reverse = reverse;
    this.everyVersion = everyVersion;
  }

  /// Shows each key once.
  ///
  /// @param sources newest first; each shows a key at most once, all in the same direction
  /// @param direction their direction
  /// @return the merged cursor
  public static EntryCursor newestOf(List<EntryCursor> sources, ReadView.Direction direction) {
    return sources.size() == 1
        ? sources.getFirst()
        : new MergingCursor(sources, direction == ReadView.Direction.REVERSE, false);
  }

  /// Shows every version of every key, ascending by key, descending by version. An entry that several sources hold
  /// comes once.
  ///
  /// @param sources each ascending by key, descending by version
  /// @return the merged cursor
  public static EntryCursor all(List<EntryCursor> sources) {
    return sources.size() == 1 ? sources.getFirst() : new MergingCursor(sources, false, true);
  }

  @Override
  public boolean next() throws IOException {
    if (started) {
      advancePast();
    } else {
      startAll();
    }
    return alive > 0;
  }

  private void startAll() throws IOException {
    started = true;
    for (int i = 0; i < sources.length; i++) {
      if (sources[i].next()) {
        readHead(i);
        heap[alive++] = i;
      }
    }
    for (int place = alive / 2 - 1; place >= 0; place--) {
      sink(place);
    }
  }

  private void readHead(int source) {
    long head = Keys.head(sources[source].key(), 0) ^ Long.MIN_VALUE;
    heads[source] = reverse ? ~head : head;
  }

  /// Moves every source on that stands where the shown one does: its own entry, and what it hides.
  private void advancePast() throws IOException {
    if (alive == 0) {
      return;
    }
    byte[] key = sources[heap[0]].key();
    long version = sources[heap[0]].version();
    long head = heads[heap[0]];
    do {
      advanceFirst();
    } while (alive > 0 && isSame(heap[0], head, key, version));
  }

  private void advanceFirst() throws IOException {
    int first = heap[0];
    if (sources[first].next()) {
      readHead(first);
    } else {
      heap[0] = heap[--alive];
    }
    sink(0);
  }

  private boolean isSame(int source, long head, byte[] key, long version) {
    return heads[source] == head
        && Arrays.equals(sources[source].key(), key)
        && (!everyVersion || sources[source].version() == version);
  }

  private void sink(int from) {
    if (from >= alive) {
      return;
    }
    int sinking = heap[from];
    int place = from;
    for (int child = 2 * place + 1; child < alive; child = 2 * place + 1) {
      if (child + 1 < alive && precedes(heap[child + 1], heap[child])) {
        child++;
      }
      if (!precedes(heap[child], sinking)) {
        break;
      }
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = sinking;
  }

  private boolean precedes(int a, int b) {
    return heads[a] == heads[b] ? precedesWithSameHead(a, b) : heads[a] < heads[b];
  }

  private boolean precedesWithSameHead(int a, int b) {
    int order = Arrays.compareUnsigned(sources[a].key(), sources[b].key());
    if (order != 0) {
      return reverse ? order > 0 : order < 0;
    }
    if (everyVersion && sources[a].version() != sources[b].version()) {
      return sources[a].version() > sources[b].version();
    }
    return a < b;
  }

  private EntryCursor current() {
    if (alive == 0 || !started) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return sources[heap[0]];
  }

  @Override
  public byte[] key() {
    return current().key();
  }

  @Override
  public int keyLength() {
    return current().keyLength();
  }

  @Override
  public void copyKey(byte[] target, int offset) {
    current().copyKey(target, offset);
  }

  @Override
  public int kind() {
    return current().kind();
  }

  @Override
  public long version() {
    return current().version();
  }

  @Override
  public long expiryMillis() {
    return current().expiryMillis();
  }

  @Override
  public int valueLength() {
    return current().valueLength();
  }

  @Override
  public boolean isCached() {
    return current().isCached();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    current().copyValue(target, offset);
  }
}
