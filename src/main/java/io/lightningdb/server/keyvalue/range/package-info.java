/// Ranges of entries over HTTP: lists in pages, streams, counts, deletions.
///
/// A list is walked over one snapshot from its first page to its last. Between two pages the snapshot rests in
/// [io.lightningdb.server.keyvalue.range.Cursors], which bounds how many rest and how long.
@NullMarked
package io.lightningdb.server.keyvalue.range;

import org.jspecify.annotations.NullMarked;
