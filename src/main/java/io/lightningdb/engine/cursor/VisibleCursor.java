package io.lightningdb.engine.cursor;

import io.lightningdb.engine.format.Operation;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Leaves out what is not there any more: deletions themselves, what a range deletion covers, and what has expired. *Confined
/// to one thread.*
///
/// However much of that lies in a row, the walk ends soon behind the [Deadline] in which the cursor was made.
public final class VisibleCursor implements EntryCursor {
  // Entries left out between two looks at the clock.
  private static final int HIDDEN_PER_QUESTION = 1024;

  private final EntryCursor entries;
  private final List<Deletions> deletions;
  private final ReadView view;
  private final @Nullable Deadline deadline = Deadline.current();
  private int hiddenUntilAsked = HIDDEN_PER_QUESTION;

  /// Looks at entries through range deletions.
  ///
  /// @param entries each key once, in its newest visible version
  /// @param deletions range deletions of all sources of these entries
  /// @param view at which version and moment they are seen
  public VisibleCursor(EntryCursor entries, List<Deletions> deletions, ReadView view) {
    this.entries = entries;
    this.deletions = List.copyOf(deletions);
    this.view = view;
  }

  @Override
  public boolean next() throws IOException {
    while (entries.next()) {
      boolean lives =
          entries.kind() == Operation.PUT && entries.expiryMillis() > view.instantMillis();
      if (lives && !isCovered()) {
        return true;
      }
      if (--hiddenUntilAsked == 0) {
        hiddenUntilAsked = HIDDEN_PER_QUESTION;
        throwIfLate();
      }
    }
    return false;
  }

  private void throwIfLate() throws DeadlineException {
    if (deadline != null && deadline.isPast()) {
      throw new DeadlineException(deadline.timeout());
    }
  }

  private boolean isCovered() throws IOException {
    for (Deletions source : deletions) {
      if (source.covering(entries.key(), view.version()) > entries.version()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public byte[] key() {
    return entries.key();
  }

  @Override
  public int keyLength() {
    return entries.keyLength();
  }

  @Override
  public void copyKey(byte[] target, int offset) {
    entries.copyKey(target, offset);
  }

  @Override
  public int kind() {
    return Operation.PUT;
  }

  @Override
  public long version() {
    return entries.version();
  }

  @Override
  public long expiryMillis() {
    return entries.expiryMillis();
  }

  @Override
  public int valueLength() {
    return entries.valueLength();
  }

  @Override
  public void copyValue(byte[] target, int offset) {
    entries.copyValue(target, offset);
  }
}
