package io.lightningdb.server.keyvalue.batch;

import io.lightningdb.engine.Entry;
import io.lightningdb.server.problem.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What one operation of a batch did. Immutable.
public sealed interface OperationResult {

  /// This result, when the version of its commit is known.
  ///
  /// @param version version of the commit
  /// @return a changed copy; reads of what the commit itself wrote have its version, others stay as they are
  default OperationResult committedAt(long version) {
    return switch (this) {
      case Written _ -> new Written(version);
      case Counted counted -> new Counted(counted.value(), version);
      case Read read when read.stored() != null && read.version() == 0 ->
          new Read(read.key(), read.stored(), version, read.expiresAt());
      case Read read -> read;
      case Failed failed -> failed;
    };
  }

  /// A put or delete was committed.
  ///
  /// @param version version of its commit
  record Written(long version) implements OperationResult {}

  /// A get was answered.
  ///
  /// @param key what was asked for
  /// @param stored the value as the engine keeps it, or null if there is no entry
  /// @param version version of the entry, 0 if there is none
  /// @param expiresAt when the entry expires, or null if it does not
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never a map key.
  record Read(byte[] key, byte @Nullable [] stored, long version, @Nullable Instant expiresAt)
      implements OperationResult {

    /// What was found.
    ///
    /// @param key what was asked for
    /// @param entry the entry, or null if there is none
    /// @return the result
    public static Read of(byte[] key, @Nullable Entry entry) {
      return entry == null
          ? new Read(key, null, 0, null)
          : new Read(key, entry.value(), entry.version(), entry.expiresAt());
    }
  }

  /// A counter was committed.
  ///
  /// @param value its new value
  /// @param version version of its commit
  record Counted(long value, long version) implements OperationResult {}

  /// An operation of a batch that is not atomic failed.
  ///
  /// @param problem why
  record Failed(Problem problem) implements OperationResult {

    /// This failure, naming its operation.
    ///
    /// @param index place of the operation in its batch, from 0
    /// @return a changed copy
    Failed at(int index) {
      return new Failed(problem.with("operationIndex", index));
    }
  }
}
