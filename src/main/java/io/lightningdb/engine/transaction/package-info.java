/// What a transaction keeps to itself until it commits: its writes ([io.lightningdb.engine.transaction.WriteSet]), what
/// it has read ([io.lightningdb.engine.transaction.ReadSet], by scans through
/// [io.lightningdb.engine.transaction.TrackedCursor]), and the locks that it asked for
/// ([io.lightningdb.engine.transaction.LockTable]).
@NullMarked
package io.lightningdb.engine.transaction;

import org.jspecify.annotations.NullMarked;
