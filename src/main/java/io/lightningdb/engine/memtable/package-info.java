/// The mutable part of a keyspace: a B+Tree in memory whose entries the log keeps safe.
///
/// One thread writes at a time, the holder of the sequencer's lock; any number of threads read without locking. See
/// [io.lightningdb.engine.memtable.Memtable].
@NullMarked
package io.lightningdb.engine.memtable;

import org.jspecify.annotations.NullMarked;
