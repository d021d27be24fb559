package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.server.keyvalue.StoredValue;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A comparison of entries, and what is to be done in either case. Immutable.
///
/// @param compare what must hold
/// @param then what is done if all of it holds
/// @param otherwise what is done if not
public record ExecuteRequest(List<Comparison> compare, List<Step> then, List<Step> otherwise) {

  /// Keeps copies that cannot be changed.
  public ExecuteRequest {
    compare = List.copyOf(compare);
    then = List.copyOf(then);
    otherwise = List.copyOf(otherwise);
  }

  /// What an entry must be.
  ///
  /// @param keyspace where
  /// @param key which entry
  /// @param version the version that it must have, 0 for no entry, if any
  /// @param value the value that it must have, byte by byte, or null if every value will do
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  public record Comparison(
      String keyspace, byte[] key, OptionalLong version, @Nullable StoredValue value) {}

  /// An operation and where it works.
  ///
  /// @param keyspace where
  /// @param operation what to do
  public record Step(String keyspace, Operation operation) {}
}
