package io.lightningdb.engine;

/// Commits transactions as the engine does, but without asking whether anything that they rely on has changed: for tests of
/// tests, which have to notice.
public final class ValidationSwitchedOff {
  private ValidationSwitchedOff() {}

  /// Commits a transaction, whatever happened since it began.
  ///
  /// @param database its database
  /// @param transaction to be committed; locks that it holds are given back
  /// @param durability what the commit has survived when this returns
  public static void commit(Database database, Transaction transaction, Durability durability) {
    WriteBatch writes = transaction.batch();
    transaction.rollback();
    database.write(writes, durability);
  }
}
