/// One keyspace while the database is open: its memtables and runs, and how they are read together.
///
/// [io.lightningdb.engine.store.View] is what a read looks at, immutable and replaced whole;
/// [io.lightningdb.engine.store.KeyspaceStore] holds the current one. Memtables are changed only under the sequencer's
/// lock, views under the store's own.
@NullMarked
package io.lightningdb.engine.store;

import org.jspecify.annotations.NullMarked;
