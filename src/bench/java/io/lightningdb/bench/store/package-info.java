/// The stores that are compared, behind one small interface, each with the settings it is measured with and the reason why
/// they are fair to it.
///
/// A [io.lightningdb.bench.store.Store] is shared by threads; each thread has a [io.lightningdb.bench.store.Session] of its
/// own, which keeps what the store lets a thread keep: buffers, a read transaction, an iterator. All sessions give the caller
/// the same: a value in an array of its own, keys and values of a scan in arrays on the heap.
@NullMarked
package io.lightningdb.bench.store;

import org.jspecify.annotations.NullMarked;
