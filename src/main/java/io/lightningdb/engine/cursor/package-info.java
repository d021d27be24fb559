/// Walking entries in key order, over one source or many.
///
/// A source (a memtable, a row of runs) gives an [io.lightningdb.engine.cursor.EntryCursor];
/// [io.lightningdb.engine.cursor.MergingCursor] makes one of several, newest source first, and
/// [io.lightningdb.engine.cursor.VisibleCursor] leaves out what was deleted.
/// [io.lightningdb.engine.cursor.RangeTombstones] says what range deletions cover. Cursors are confined to one thread.
@NullMarked
package io.lightningdb.engine.cursor;

import org.jspecify.annotations.NullMarked;
