package io.lightningdb.engine.store;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.cursor.ReadView;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks the runs of a row one after the other, opening each when the one before is done. *Confined to one thread.*
final class RowCursor implements EntryCursor {
  private final List<SharedRun> runs;
  private final ReadView view;
  private int next;
  private @Nullable EntryCursor current;

  /// Walks what a view sees.
  ///
  /// @param ascending the runs of one row that may hold keys of the view
  RowCursor(List<SharedRun> ascending, ReadView view) {
    this.runs = view.isReverse() ? ascending.reversed() : ascending;
    this.view = view;
  }

  @Override
  public boolean next() throws IOException {
    while (true) {
      if (current != null && current.next()) {
        return true;
      }
      if (next == runs.size()) {
        return false;
      }
      SharedRun run = runs.get(next++);
      current = run.run().cursor(view.within(run.record().bounds()));
    }
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
  public void copyValue(byte[] target, int offset) {
    current().copyValue(target, offset);
  }
}
