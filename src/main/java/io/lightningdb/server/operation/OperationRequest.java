package io.lightningdb.server.operation;

import java.util.Map;
import java.util.Optional;

/// What an operation is asked to do. Immutable.
///
/// @param kind what it does
/// @param parameters strings by name; those that the kind knows, and no others
public record OperationRequest(OperationKind kind, Map<String, String> parameters) {

  /// Copies the map.
  public OperationRequest {
    parameters = Map.copyOf(parameters);
  }

  /// A parameter.
  ///
  /// @param name its name
  /// @return its value, or empty if it was left out
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }
}
