package io.lightningdb.engine.run;

import io.lightningdb.engine.cursor.EntryCursor;
import io.lightningdb.engine.io.MappedFault;
import io.lightningdb.engine.run.Leaf.EntryHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// A walk over entries of a run that are read where they stand. *Confined to one thread.*
///
/// Pages that the system does not deliver are met here, whatever the walk is for: by each step and by each copy.
abstract sealed class InPlaceCursor implements EntryCursor permits RunCursor, RunVersionCursor {
  private final RunBlocks run;

  // The current entry.
  private int number;
  private @Nullable Leaf leaf;
  private @Nullable EntryHeader header;

  InPlaceCursor(RunBlocks run) {
    this.run = run;
  }

  @Override
  public final boolean next() throws IOException {
    try {
      try {
        return step();
      } finally {
        MappedFault.settle();
      }
    } catch (InternalError e) {
      throw run.unreadable(reached(), e);
    }
  }

  /// Goes to the next entry and shows it.
  ///
  /// @return whether there is one
  abstract boolean step() throws IOException;

  /// Number of the leaf that the walk has come to.
  abstract int reached();

  final RunBlocks run() {
    return run;
  }

  final void show(LeafCursor at) throws IOException {
    number = at.number();
    leaf = at.leaf();
    header = at.entry();
  }

  /// The leaf of the entry that is shown, if there is one.
  final @Nullable Leaf shownLeaf() {
    return leaf;
  }

  final EntryHeader header() {
    if (header == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return header;
  }

  private Leaf leaf() {
    if (leaf == null) {
      throw new IllegalStateException("the cursor is at no entry");
    }
    return leaf;
  }

  @Override
  public final int keyLength() {
    return header().keyLength();
  }

  @Override
  public final void copyKey(byte[] target, int offset) {
    try {
      leaf().copyKey(header(), target, offset);
      MappedFault.settle();
    } catch (InternalError e) {
      throw new UncheckedIOException(run.unreadable(number, e));
    }
  }

  @Override
  public final int kind() {
    return header().kind();
  }

  @Override
  public final long version() {
    return header().version();
  }

  @Override
  public final long expiryMillis() {
    return header().expiryMillis();
  }

  @Override
  public final int valueLength() {
    return header().valueLength();
  }

  @Override
  public final void copyValue(byte[] target, int offset) {
    try {
      leaf().copyValue(header(), target, offset);
      MappedFault.settle();
    } catch (InternalError e) {
      throw new UncheckedIOException(run.unreadable(number, e));
    }
  }
}
