package io.lightningdb.server.keyvalue.batch;

import java.util.List;

/// A batch as it was sent.
///
/// @param operations in order
/// @param atomic whether all of it happens or none
public record BatchRequest(List<Operation> operations, boolean atomic) {

  /// Keeps a copy that cannot be changed.
  public BatchRequest {
    operations = List.copyOf(operations);
  }
}
