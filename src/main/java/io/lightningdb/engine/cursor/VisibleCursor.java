package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.ExpiryTime;
import io.lightningdb.engine.format.KeyRange;
import io.lightningdb.engine.format.Keys;
import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Leaves out what is not there any more: deletions themselves, what a range deletion covers, and what has expired.
/// *Confined to one thread.*
///
/// Where many entries in a row are left out, the stretch is added to the [Gaps], and the next walk leaps over it.
/// However much lies in a row, the walk ends soon behind the [Deadline] in which the cursor was made, and what it has
/// passed by then need not be passed again.
public final class VisibleCursor implements EntryCursor {
  // Entries left out between two looks at the clock.
  private static final int HIDDEN_PER_QUESTION = 1024;

  private final Opener opener;
  private final List<Deletions> deletions;
  private final ReadView view;
  private final Gaps gaps;
  private final @Nullable Deadline deadline = Deadline.current();

  // Null before the first step.
  private @Nullable EntryCursor entries;
  private @Nullable Stretch stretch;

  // Over all that the cursor shows: the clock is asked for what lies between it, too.
  private int leftOut;

  /// Entries left out since the last that was shown, or since the last leap.
  private static final class Stretch {
    // From where on nothing was found: in reverse, the first key behind.
    private final byte[] near;
    private byte[] lastKey;
    private int entries;
    private long version;
    private long instantMillis = ExpiryTime.BEFORE_ALL;

    Stretch(byte[] near) {
      this.near = near;
      this.lastKey = near;
    }
  }

  /// Makes a cursor over what there is.
  @FunctionalInterface
  public interface Opener {
    /// Opens the sources.
    ///
    /// @param part a view of some of the keys
    /// @return each key once, in its newest visible version
    /// @throws IOException if a source cannot be read or is damaged
    EntryCursor open(ReadView part) throws IOException;
  }

  /// Looks at entries through range deletions.
  ///
  /// @param opener opens the entries
  /// @param deletions range deletions of all sources of these entries
  /// @param view at which version and moment they are seen
  /// @param gaps where nothing is to be seen
  public VisibleCursor(Opener opener, List<Deletions> deletions, ReadView view, Gaps gaps) {
    this.opener = opener;
    this.deletions = List.copyOf(deletions);
    this.view = view;
    this.gaps = gaps;
  }

  @Override
  public boolean next() throws IOException {
    EntryCursor at = entries;
    if (at == null) {
      at = opener.open(view);
      entries = at;
    }
    while (at.next()) {
      if (isThere(at)) {
        endStretch();
        return true;
      }
      at = behindGap(at);
    }
    endStretch();
    return false;
  }

  private boolean isThere(EntryCursor at) throws IOException {
    long hiding = at.kind() == Operation.PUT ? covering(at) : at.version();
    long instant = ExpiryTime.BEFORE_ALL;
    if (hiding == 0) {
      if (at.expiryMillis() > view.instantMillis()) {
        return true;
      }
      hiding = at.version();
      instant = at.expiryMillis();
    }
    pass(at.key(), hiding, instant);
    return false;
  }

  /// The version of a range deletion that hides an entry, or 0.
  private long covering(EntryCursor at) throws IOException {
    for (Deletions source : deletions) {
      long version = source.covering(at.key(), view.version());
      if (version > at.version()) {
        return version;
      }
    }
    return 0;
  }

  private void pass(byte[] key, long version, long instantMillis) throws DeadlineException {
    Stretch passed = stretch;
    if (passed == null) {
      passed = new Stretch(view.isReverse() ? Keys.after(key) : key);
      stretch = passed;
    }
    passed.lastKey = key;
    passed.entries++;
    passed.version = Math.max(passed.version, version);
    passed.instantMillis = Math.max(passed.instantMillis, instantMillis);
    leftOut++;
    if (leftOut == HIDDEN_PER_QUESTION) {
      leftOut = 0;
      endStretch();
      stretch = new Stretch(view.isReverse() ? key : Keys.after(key));
      if (deadline != null && deadline.isPast()) {
        throw new DeadlineException(deadline.timeout());
      }
    }
  }

  private void endStretch() {
    Stretch passed = stretch;
    stretch = null;
    if (passed != null && passed.entries > 0) {
      KeyRange range =
          view.isReverse()
              ? new KeyRange(passed.lastKey, passed.near)
              : new KeyRange(passed.near, Keys.after(passed.lastKey));
      gaps.passed(
          new Gaps.Stretch(range, passed.version, passed.instantMillis),
          passed.entries,
          view.version());
    }
  }

  /// Leaps over the gap in which the entry just left out lies, if there is one.
  ///
  /// @return where the walk goes on
  private EntryCursor behindGap(EntryCursor at) throws IOException {
    KeyRange left = gaps.isEmpty() ? null : gaps.behind(at.key(), view);
    if (left == null) {
      return at;
    }
    endStretch();
    byte[] near = view.isReverse() ? left.upper() : left.lower();
    stretch = near == null ? null : new Stretch(near);
    EntryCursor behind =
        opener.open(new ReadView(left, view.direction(), view.version(), view.instantMillis()));
    entries = behind;
    return behind;
  }

  private EntryCursor entries() {
    EntryCursor opened = entries;
    if (opened == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return opened;
  }

  @Override
  public byte[] key() {
    return entries().key();
  }

  @Override
  public int keyLength() {
    return entries().keyLength();
  }

  @Override
  public void copyKey(byte[] target, int offset) {
    entries().copyKey(target, offset);
  }

  @Override
  public int kind() {
    return Operation.PUT;
  }

  @Override
  public long version() {
    return entries().version();
  }

  @Override
  public long expiryMillis() {
    return entries().expiryMillis();
  }

  @Override
  public int valueLength() {
    return entries().valueLength();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    entries().copyValue(target, offset);
  }
}
