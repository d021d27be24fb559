package io.lightningdb.engine;

import java.time.Duration;

/// How a transaction behaves. Immutable.
///
/// @param isolation what it is protected from
/// @param access whether it may write
/// @param lease it ends by itself when this long has passed without [Transaction#keepAlive] or any other call, 1 ms or
///     more
/// @param ageMax it ends by itself when it is this old, whatever happens, 1 ms or more
/// @param owner shown where open transactions are listed
/// @param account pays for what it keeps, beside the memory budget
public record TransactionOptions(
    Isolation isolation,
    Access access,
    Duration lease,
    Duration ageMax,
    String owner,
    TransactionAccount account) {

  private static final TransactionOptions DEFAULTS =
      new TransactionOptions(
          Isolation.SNAPSHOT,
          Access.READ_WRITE,
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          "",
          TransactionAccount.NONE);

  /// Whether a transaction may write.
  public enum Access {
    /// It may.
    READ_WRITE,
    /// It may not; it never conflicts.
    READ_ONLY
  }

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if a duration is shorter than 1 ms
  public TransactionOptions {
    if (lease.toMillis() < 1 || ageMax.toMillis() < 1) {
      throw new IllegalArgumentException(
          "lease=" + lease + " and ageMax=" + ageMax + " have to be 1 ms or more");
    }
  }

  /// Snapshot isolation, reads and writes, a lease of 30 seconds, 5 minutes at most.
  ///
  /// @return the defaults
  public static TransactionOptions defaults() {
    return DEFAULTS;
  }

  /// These options with another isolation.
  ///
  /// @param value the isolation
  /// @return a changed copy
  public TransactionOptions withIsolation(Isolation value) {
    return new TransactionOptions(value, access, lease, ageMax, owner, account);
  }

  /// These options with another access.
  ///
  /// @param value the access
  /// @return a changed copy
  public TransactionOptions withAccess(Access value) {
    return new TransactionOptions(isolation, value, lease, ageMax, owner, account);
  }

  /// These options with another lease.
  ///
  /// @param value the lease
  /// @return a changed copy
  public TransactionOptions withLease(Duration value) {
    return new TransactionOptions(isolation, access, value, ageMax, owner, account);
  }

  /// These options with another greatest age.
  ///
  /// @param value the age
  /// @return a changed copy
  public TransactionOptions withAgeMax(Duration value) {
    return new TransactionOptions(isolation, access, lease, value, owner, account);
  }

  /// These options with another owner.
  ///
  /// @param value who it is for
  /// @return a changed copy
  public TransactionOptions withOwner(String value) {
    return new TransactionOptions(isolation, access, lease, ageMax, value, account);
  }

  /// These options with another account.
  ///
  /// @param value pays for what it keeps
  /// @return a changed copy
  public TransactionOptions withAccount(TransactionAccount value) {
    return new TransactionOptions(isolation, access, lease, ageMax, owner, value);
  }
}
