package io.lightningdb.engine;

import io.lightningdb.engine.backup.BackupException;
import io.lightningdb.engine.format.CorruptionException;
import io.lightningdb.engine.integrity.QuarantinedBlock;
import io.lightningdb.engine.io.Deadline;
import io.lightningdb.engine.io.DeadlineException;
import io.lightningdb.engine.io.FailureText;
import io.lightningdb.engine.io.ResourceExhaustedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What can go wrong in the engine, apart from mistakes of the caller. Each case is a nested class and carries the
/// facts that its message is made of.
public abstract sealed class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private EngineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// Bytes on disk are not what was written. No part of them was served.
  public static final class Corruption extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Name of the damaged file inside the data directory.
    private final String file;

    /// Place in the file.
    private final long offset;

    /// What is wrong there.
    private final String reason;

    /// What cannot be read, as far as that is known.
    private final transient @Nullable QuarantinedBlock block;

    Corruption(CorruptionException cause, @Nullable QuarantinedBlock block) {
      super(
          "corruption in " + cause.file() + " at offset " + cause.offset() + ": " + cause.reason(),
          cause);
      this.file = cause.file();
      this.offset = cause.offset();
      this.reason = cause.reason();
      this.block = block;
    }

    /// The damaged block, with the keys that cannot be read.
    ///
    /// @return empty if the damage is not in a run that is in use
    public Optional<QuarantinedBlock> block() {
      return Optional.ofNullable(block);
    }

    /// The damaged file.
    ///
    /// @return its name inside the data directory
    public String file() {
      return file;
    }

    /// The damaged place.
    ///
    /// @return bytes from the start of the file
    public long offset() {
      return offset;
    }

    /// What is wrong there.
    ///
    /// @return a phrase
    public String reason() {
      return reason;
    }
  }

  /// The disk or file system failed a read, or the database could not be opened for such a reason.
  public static final class StorageFailed extends EngineException {
    private static final long serialVersionUID = 1L;

    StorageFailed(String message, IOException cause) {
      super(message + ": " + FailureText.of(cause), cause);
    }

    /// Tells whether the system had none left of something that it may have again: space on the disk, open files or
    /// memory.
    ///
    /// @return true if the same may succeed later
    public boolean isPassing() {
      return ResourceExhaustedException.isBehind(this);
    }
  }

  /// Writes are refused since a write or sync failed. The cause is the first failure; reads go on.
  public static final class ReadOnly extends EngineException {
    private static final long serialVersionUID = 1L;

    ReadOnly(IOException cause) {
      super(
          "the engine refuses writes since a storage failure ("
              + FailureText.of(cause)
              + "); mend the cause, then resume or open the database again",
          cause);
    }

    ReadOnly(IOException cause, IOException stillFailing) {
      super(
          "the engine still refuses writes since a storage failure ("
              + FailureText.of(cause)
              + "), since an attempt to resume failed: "
              + FailureText.of(stillFailing),
          stillFailing);
    }
  }

  /// Writes are switched off; see [Database#switchWritesOff]. Nothing was changed.
  public static final class WritesSwitchedOff extends EngineException {
    private static final long serialVersionUID = 1L;

    WritesSwitchedOff(String reason) {
      super("writes are switched off: " + reason, null);
    }
  }

  /// The disk is nearly full. What was asked for would have taken of the space that is kept for deletions, flushes and
  /// merges; nothing was changed. Reads and deletions go on, and everything else by itself once there is space again.
  public static final class DiskReserveReached extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Free bytes from which on it would be done.
    private final long limit;

    /// Free bytes.
    private final long actual;

    DiskReserveReached(String what, long limit, long actual) {
      super(
          what
              + " until "
              + limit
              + " bytes of the disk are free, and now "
              + actual
              + " are; enlarge the disk, or delete what is not needed",
          null);
      this.limit = limit;
      this.actual = actual;
    }

    /// How much has to be free.
    ///
    /// @return in bytes
    public long limit() {
      return limit;
    }

    /// How much is free.
    ///
    /// @return in bytes
    public long actual() {
      return actual;
    }
  }

  /// A write came while flushes and merges were too far behind for longer than a write may wait.
  public static final class Overloaded extends EngineException {
    private static final long serialVersionUID = 1L;

    /// When to try again.
    private final Duration retryAfter;

    Overloaded(String what, Duration retryAfter) {
      super(what, null);
      this.retryAfter = retryAfter;
    }

    /// When to try again.
    ///
    /// @return a duration from now
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /// Something is larger than its limit. Nothing was changed.
  public static final class LimitExceeded extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Name of the limit.
    private final String name;

    /// Greatest (or smallest) value allowed.
    private final long limit;

    /// The value met.
    private final long actual;

    LimitExceeded(String name, long limit, long actual) {
      super(name + " is limited to " + limit + ", and this is " + actual, null);
      this.name = name;
      this.limit = limit;
      this.actual = actual;
    }

    /// The name of the limit, for example `key-bytes-max`.
    ///
    /// @return a name in kebab case
    public String name() {
      return name;
    }

    /// The bound.
    ///
    /// @return the nearest value that is allowed
    public long limit() {
      return limit;
    }

    /// What was asked for.
    ///
    /// @return the value refused
    public long actual() {
      return actual;
    }
  }

  /// A condition of a batch did not hold. Nothing was written.
  public static final class ConditionFailed extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Place of the condition among the conditions of its batch, from 0.
    private final int index;

    /// Version of the entry found; 0 where there is none.
    private final long actualVersion;

    ConditionFailed(int index, long actualVersion, String message) {
      super(message, null);
      this.index = index;
      this.actualVersion = actualVersion;
    }

    /// Which condition failed.
    ///
    /// @return its place among the conditions of the batch, from 0
    public int index() {
      return index;
    }

    /// What stood in its way.
    ///
    /// @return version of the entry found, 0 where there is none
    public long actualVersion() {
      return actualVersion;
    }
  }

  /// Another commit changed what a transaction relies on. The transaction is rolled back; doing it again may succeed.
  public static final class TransactionConflict extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Name of the keyspace.
    private final String keyspace;

    /// The key that was changed, or the first of a range that was.
    private final byte[] key;

    TransactionConflict(String keyspace, byte[] key) {
      super(
          "another commit changed a key of keyspace "
              + keyspace
              + " that the transaction relies on; do the transaction again",
          null);
      this.keyspace = keyspace;
      this.key = key.clone();
    }

    /// Where the change was.
    ///
    /// @return name of the keyspace
    public String keyspace() {
      return keyspace;
    }

    /// What was changed.
    ///
    /// @return a copy of the key
    public byte[] key() {
      return key.clone();
    }
  }

  /// Transactions waited for each other, and this one had to give way. It is rolled back; doing it again may succeed.
  public static final class Deadlock extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Who waits for whom.
    private final transient List<Long> cycle;

    Deadlock(long transaction, List<Long> cycle) {
      super(
          "transaction "
              + transaction
              + " gave way, as the youngest of the transactions "
              + cycle
              + ", each of which waits for the next; do it again",
          null);
      this.cycle = List.copyOf(cycle);
    }

    /// Who waits for whom.
    ///
    /// @return identifiers; each waits for the next, the last for the first
    public List<Long> cycle() {
      return cycle;
    }
  }

  /// The [Deadline][io.lightningdb.engine.io.Deadline] of the caller was past before what it asked for was done.
  /// Nothing was changed; a transaction goes on.
  public static final class DeadlineExceeded extends EngineException {
    private static final long serialVersionUID = 1L;

    DeadlineExceeded(String what, Duration timeout) {
      super(what + " was not done within the deadline of " + timeout, null);
    }

    static void throwIfPast(String what) {
      Deadline deadline = Deadline.current();
      if (deadline != null && deadline.isPast()) {
        throw new DeadlineExceeded(what, deadline.timeout());
      }
    }
  }

  /// The [Deadline][io.lightningdb.engine.io.Deadline] of the caller was past while its commit waited for stable
  /// storage. The commit is made, others see it, and it survives the death of the process; whether it survives a power
  /// failure is not known. Most often it is durable a moment later.
  public static final class OutcomeUnknown extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Version of the commit.
    private final long version;

    OutcomeUnknown(long version, DeadlineException cause) {
      super(
          "commit "
              + version
              + " was made and was not yet on stable storage within the deadline of "
              + cause.timeout()
              + "; most likely it is there a moment later",
          cause);
      this.version = version;
    }

    /// The commit.
    ///
    /// @return its version
    public long version() {
      return version;
    }
  }

  /// A lock was held by another transaction for longer than a transaction waits. The transaction goes on without it.
  public static final class LockTimeout extends EngineException {
    private static final long serialVersionUID = 1L;

    /// How long it waited.
    private final Duration waited;

    LockTimeout(long transaction, Duration waited) {
      super("transaction " + transaction + " waited " + waited + " for a lock in vain", null);
      this.waited = waited;
    }

    /// How long it waited.
    ///
    /// @return a duration
    public Duration waited() {
      return waited;
    }
  }

  /// A transaction was used after its end.
  public static final class TransactionEnded extends EngineException {
    private static final long serialVersionUID = 1L;

    /// How it ended.
    private final Transaction.State state;

    TransactionEnded(long transaction, Transaction.State state) {
      super(
          "transaction "
              + transaction
              + switch (state) {
                case COMMITTED -> " was committed";
                case ROLLED_BACK -> " was rolled back";
                case EXPIRED -> " has expired and was rolled back";
                case ACTIVE -> " is active";
              },
          null);
      this.state = state;
    }

    /// How it ended.
    ///
    /// @return a state other than active
    public Transaction.State state() {
      return state;
    }
  }

  /// A moment was to be read that is no longer kept.
  public static final class VersionNotRetained extends EngineException {
    private static final long serialVersionUID = 1L;

    /// What was asked for.
    private final long version;

    /// What can be had.
    private final long oldestVersion;

    VersionNotRetained(String message, long version, long oldestVersion) {
      super(message, null);
      this.version = version;
      this.oldestVersion = oldestVersion;
    }

    /// What was asked for.
    ///
    /// @return a version
    public long version() {
      return version;
    }

    /// From where on the keyspace can be read.
    ///
    /// @return a version
    public long oldestVersion() {
      return oldestVersion;
    }
  }

  /// No keyspace has this name, or it was dropped while it was used.
  public static final class KeyspaceNotFound extends EngineException {
    private static final long serialVersionUID = 1L;

    /// The name asked for.
    private final String name;

    KeyspaceNotFound(String name) {
      super("there is no keyspace " + name, null);
      this.name = name;
    }

    /// The name asked for.
    ///
    /// @return the name
    public String name() {
      return name;
    }
  }

  /// The data directory is in use.
  public static final class DirectoryInUse extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Process that holds it, or -1.
    private final long holder;

    DirectoryInUse(String message, long holder, Throwable cause) {
      super(message, cause);
      this.holder = holder;
    }

    /// The process that holds it.
    ///
    /// @return process identifier, or -1 where it cannot be told
    public long holder() {
      return holder;
    }
  }

  /// A backup was not made.
  public static final class BackupFailed extends EngineException {
    private static final long serialVersionUID = 1L;

    /// What kind of reason it was.
    private final BackupException.@Nullable Kind kind;

    /// The id under which it can be resumed.
    private final String id;

    BackupFailed(String id, IOException cause) {
      super("backup " + id + " failed: " + FailureText.of(cause), cause);
      this.kind = cause instanceof BackupException known ? known.kind() : null;
      this.id = id;
    }

    /// What kind of reason it was.
    ///
    /// @return the kind, or null if a disk or the target failed
    public BackupException.@Nullable Kind kind() {
      return kind;
    }

    /// Names what was copied.
    ///
    /// @return id of the unfinished backup, by which it can be resumed
    public String id() {
      return id;
    }
  }

  /// The files were written by a newer version of the format. Nothing was changed.
  public static final class FormatTooNew extends EngineException {
    private static final long serialVersionUID = 1L;

    FormatTooNew(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /// Another caller ended the snapshot, with [Database#endSnapshot].
  public static final class SnapshotEnded extends EngineException {
    private static final long serialVersionUID = 1L;

    /// Which one.
    private final long id;

    SnapshotEnded(long id) {
      super("snapshot " + id + " was ended by an operator", null);
      this.id = id;
    }

    /// Which one.
    ///
    /// @return number of the snapshot
    public long id() {
      return id;
    }
  }

  /// The database, snapshot or scan was closed.
  public static final class Closed extends EngineException {
    private static final long serialVersionUID = 1L;

    Closed(String what) {
      super(what + " is closed", null);
    }
  }
}
