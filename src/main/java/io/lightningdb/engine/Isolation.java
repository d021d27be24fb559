package io.lightningdb.engine;

/// What a transaction is protected from. Both levels read one moment, the transaction's snapshot, and their own writes.
public enum Isolation {
  /// Of two transactions that write the same key the first to commit wins and the other conflicts. What was only read
  /// may have changed meanwhile (write skew).
  SNAPSHOT,
  /// As if transactions ran one after the other: everything that was read (keys, absent keys, ranges as far as they
  /// were walked) must be unchanged at the commit.
  SERIALIZABLE
}
