package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.WriteBatch;
import java.util.List;

/// Told of an atomic batch right before its commit.
@FunctionalInterface
interface BeforeCommit {
  /// Adds nothing.
  BeforeCommit NOTHING = (_, _) -> {};

  /// May add writes to the commit, of its own keyspaces.
  ///
  /// @param writes the commit
  /// @param results what the batch will answer, with the version of its draft
  void join(WriteBatch writes, List<OperationResult> results);
}
