/// Long work as a resource: `/v1/admin/operations`.
///
/// An [io.lightningdb.server.operation.Operation] is one piece of work with a state, progress and result;
/// [io.lightningdb.server.operation.Operations] runs them, at most one of a kind (and keyspace) at a time and each on a
/// thread of its own, and keeps the last ones in a file of the data directory, so that a restart shows what it
/// interrupted.
@NullMarked
package io.lightningdb.server.operation;

import org.jspecify.annotations.NullMarked;
