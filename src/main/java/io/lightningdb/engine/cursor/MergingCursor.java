package io.lightningdb.engine.cursor;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Several sources as one. *Confined to one thread.*
///
/// Two ways of merging: [#newestOf] shows each key once, from the first source that has it; [#all] shows every version of
/// every key, newest first.
public final class MergingCursor implements EntryCursor {
  private final EntryCursor[] sources;
  private final boolean[] alive;
  private final boolean reverse;
  private final boolean everyVersion;
  private boolean started;
  private @Nullable EntryCursor current;

  private MergingCursor(List<EntryCursor> sources, boolean reverse, boolean everyVersion) {
    this.sources = sources.toArray(EntryCursor[]::new);
    this.alive = new boolean[this.sources.length];
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

  /// Shows every version of every key, ascending by key, descending by version. An entry that several sources hold comes
  /// once.
  ///
  /// @param sources each ascending by key, descending by version
  /// @return the merged cursor
  public static EntryCursor all(List<EntryCursor> sources) {
    return new MergingCursor(sources, false, true);
  }

  @Override
  public boolean next() throws IOException {
    if (started) {
      advancePast();
    } else {
      startAll();
    }
    current = least();
    return current != null;
  }

  private void startAll() throws IOException {
    for (int i = 0; i < sources.length; i++) {
      alive[i] = sources[i].next();
    }
    started = true;
  }

  private void advancePast() throws IOException {
    EntryCursor last = current;
    if (last == null) {
      return;
    }
    byte[] key = last.key();
    long version = last.version();
    for (int i = 0; i < sources.length; i++) {
      if (alive[i] && isSame(sources[i], key, version)) {
        alive[i] = sources[i].next();
      }
    }
  }

  private boolean isSame(EntryCursor source, byte[] key, long version) {
    return Arrays.equals(source.key(), key) && (!everyVersion || source.version() == version);
  }

  private @Nullable EntryCursor least() {
    EntryCursor least = null;
    for (int i = 0; i < sources.length; i++) {
      if (alive[i] && (least == null || precedes(sources[i], least))) {
        least = sources[i];
      }
    }
    return least;
  }

  private boolean precedes(EntryCursor a, EntryCursor b) {
    int order = Arrays.compareUnsigned(a.key(), b.key());
    if (order == 0) {
      return everyVersion && a.version() > b.version();
    }
    return reverse ? order > 0 : order < 0;
  }

  private EntryCursor current() {
    if (current == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return current;
  }

  @Override
  public byte[] key() {
    return current().key();
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
  public void copyValue(byte[] target, int offset) {
    current().copyValue(target, offset);
  }
}
