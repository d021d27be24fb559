package io.lightningdb.server.keyvalue.batch;

import java.util.List;

/// What a batch did.
///
/// @param version version of the commit; for a batch that is not atomic or writes nothing, the visible version behind
///     it
/// @param results one for each operation, in order
public record BatchResult(long version, List<OperationResult> results) {

  /// Keeps a copy that cannot be changed.
  public BatchResult {
    results = List.copyOf(results);
  }
}
